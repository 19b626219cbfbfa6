import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { ROOT } from "./settings.ts";

/** Runs the bootstrap on a Node that was told something else about itself. */
async function bootstrap(
  lie: string,
  env: Record<string, string> = {},
  command = "test",
): Promise<{ code: number; sentence: string }> {
  const output = await new Deno.Command("node", {
    args: [
      "--import",
      `data:text/javascript,${lie}`,
      join(ROOT, "local", "bootstrap.mjs"),
      command,
    ],
    env,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const sentence = new TextDecoder().decode(output.stderr).trim();
  return { code: output.code, sentence };
}

Deno.test("an unsupported system gets one sentence that names the supported ones", async () => {
  const { code, sentence } = await bootstrap(
    'Object.defineProperty(process, "platform", { value: "win32" })',
  );
  assertEquals(code, 1);
  assertEquals(
    sentence,
    `Cannot run the local stack on win32-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}: ` +
      "use Linux with glibc or macOS, on x64 or arm64",
  );
});

Deno.test("a Node that is too old gets one sentence that names the version to install", async () => {
  const { code, sentence } = await bootstrap(
    'Object.defineProperty(process.versions, "node", { value: "18.20.0" })',
  );
  assertEquals(code, 1);
  assertStringIncludes(sentence, "Cannot run on Node 18.20.0: install Node 20 or newer");
});

Deno.test("a full disk gets one sentence that says how much is needed", async () => {
  const { code, sentence } = await bootstrap(
    'import fs from "node:fs"; fs.statfsSync = () => ({ bavail: 1, bsize: 4096 })',
  );
  assertEquals(code, 1);
  assertStringIncludes(sentence, "MB of free space: free some, or move the state");
});

Deno.test("a folder that holds other files is no state folder, so a reset keeps them", async () => {
  const dir = await Deno.makeTempDir();
  const kept = join(dir, "thesis.txt");
  await Deno.writeTextFile(kept, "all of it");
  const { code, sentence } = await bootstrap("", { WORKFLOW_LOCAL_DIR: dir }, "reset");
  assertEquals(code, 1);
  assertEquals(
    sentence,
    `Cannot keep the stack's state in "${dir}", which holds other files: ` +
      'choose another with "WORKFLOW_LOCAL_DIR=<folder> npm start"',
  );
  assertEquals(await Deno.readTextFile(kept), "all of it");
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a state folder that cannot be made gets one sentence", async () => {
  const file = await Deno.makeTempFile();
  const { code, sentence } = await bootstrap("", { WORKFLOW_LOCAL_DIR: `${file}/state` });
  assertEquals(code, 1);
  assertStringIncludes(sentence, `Cannot use the folder "${file}/state" (ENOTDIR): choose another`);
  await Deno.remove(file);
});
