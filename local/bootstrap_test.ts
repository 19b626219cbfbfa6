import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { ROOT } from "./settings.ts";

/** Runs the bootstrap on a Node that was told something else about itself. */
async function bootstrap(lie: string): Promise<{ code: number; sentence: string }> {
  const output = await new Deno.Command("node", {
    args: ["--import", `data:text/javascript,${lie}`, join(ROOT, "local", "bootstrap.mjs"), "test"],
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
