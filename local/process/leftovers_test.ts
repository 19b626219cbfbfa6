import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { startChild } from "./child.ts";
import { endLeftovers, noteProcesses } from "./leftovers.ts";

Deno.test("a killed stack's processes are ended, somebody else's with a noted id is not", async () => {
  const dir = await Deno.makeTempDir();
  const logFile = join(dir, "log");
  const sleeper = ["sh", "-c", "while :; do sleep 0.05; done", "sh"];
  const ours = startChild({ name: "ours", command: [...sleeper, `--state=${dir}`], logFile });
  const theirs = startChild({ name: "theirs", command: sleeper, logFile });
  await noteProcesses(dir, [ours, theirs]);

  await endLeftovers(dir);

  assertEquals(await ours.ended, `The process "ours" ended with SIGINT: see "${logFile}"`);
  assert(await Deno.readTextFile(`/proc/${theirs.pid}/cmdline`) !== "", "the stranger was ended");
  await theirs.stop();
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a folder in which nothing ever ran is fine", async () => {
  const dir = await Deno.makeTempDir();
  await endLeftovers(dir);
  await Deno.remove(dir, { recursive: true });
});
