import { join } from "node:path";
import { packageFolder, platformName } from "../npm_package.ts";
import { run } from "../process/run.ts";
import { ROOT } from "../settings.ts";
import type { ManagementApi } from "./server.ts";
import type { UploadedFunction } from "./uploaded_function.ts";

const PROJECT_REF = "abcdefghijklmnopqrst";
const ACCESS_TOKEN = `sbp_${"0".repeat(40)}`;

/**
 * Deploys functions of this checkout with one command of the real Supabase CLI, as their owner would
 * to a hosted project, and gives them in the order of their names. A profile of the CLI names the API, so that it may listen on any port.
 *
 * @throws {Error} When the CLI fails, with what it wrote, or uploads nothing.
 */
export async function deployFunctions(
  api: ManagementApi,
  names: readonly string[],
): Promise<UploadedFunction[]> {
  const folder = await Deno.makeTempDir();
  try {
    const profile = join(folder, "profile.yaml");
    await Deno.writeTextFile(profile, describeProfile(api.url));
    await run(join(packageFolder(`@supabase/cli-${platformName()}`), "bin", "supabase"), [
      `--profile=${profile}`,
      "functions",
      "deploy",
      ...names,
      "--use-api",
      `--remote=${PROJECT_REF}`,
      "--yes",
    ], { cwd: ROOT, env: { SUPABASE_ACCESS_TOKEN: ACCESS_TOKEN, DO_NOT_TRACK: "1" } });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return names.map((name) => {
    const uploaded = api.deployed.findLast(({ slug }) => slug === name);
    if (uploaded === undefined) throw new Error(`Cannot find an upload of "${name}"`);
    return uploaded;
  });
}

function describeProfile(apiUrl: string): string {
  return [
    "name: management-api-stand-in",
    `api_url: ${apiUrl}`,
    `dashboard_url: ${apiUrl}`,
    "project_host: localhost",
    "",
  ].join("\n");
}
