import { join } from "node:path";
import { findDenoConfig } from "./function_directory.ts";
import type { Variables } from "./hosted_environment.ts";

const EDGE_RUNTIME = new URL("./runtime/edge_runtime.ts", import.meta.url).pathname;
const MEMORY_MB = 256;

/** Where functions are, and where their npm packages are kept. */
export interface FunctionFolders {
  readonly functions: string;
  readonly denoDir: string;
}

/** Fetches what a function imports, so that it starts without the network. */
export async function cacheDependencies(folders: FunctionFolders, name: string): Promise<string> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", ...await resolution(folders, name), entrypoint(folders, name)],
    env: denoVariables(folders),
    stdin: "null",
    stdout: "null",
  }).output();
  return success ? "" : new TextDecoder().decode(stderr).trim();
}

/** The command that runs a function with the permissions and the memory of the platform. */
export async function functionCommand(
  folders: FunctionFolders,
  name: string,
  variables: Variables,
): Promise<Deno.Command> {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--cached-only",
      "--no-prompt",
      ...await resolution(folders, name),
      "--allow-env",
      "--allow-net",
      `--allow-read=${folders.functions},/tmp`,
      "--allow-write=/tmp",
      "--allow-sys=hostname,userInfo,cpus",
      `--v8-flags=--max-old-space-size=${MEMORY_MB}`,
      `--preload=${EDGE_RUNTIME}`,
      entrypoint(folders, name),
    ],
    clearEnv: true,
    env: { ...variables, ...denoVariables(folders) },
    cwd: folders.functions,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Imports come from the function's own configuration alone, never from the repository's. */
async function resolution(folders: FunctionFolders, name: string): Promise<string[]> {
  const config = await findDenoConfig(folders.functions, name);
  return [
    "--no-lock",
    "--node-modules-dir=none",
    config ? `--config=${config}` : "--no-config",
  ];
}

function denoVariables(folders: FunctionFolders): Variables {
  return { DENO_DIR: folders.denoDir, DENO_NO_PACKAGE_JSON: "1", DENO_NO_UPDATE_CHECK: "1" };
}

function entrypoint(folders: FunctionFolders, name: string): string {
  return join(folders.functions, name, "index.ts");
}
