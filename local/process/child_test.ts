import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { startChild, waitUntilReady } from "./child.ts";

async function inFolder(test: (logFile: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  await test(join(dir, "child.log")).finally(() => Deno.remove(dir, { recursive: true }));
}

Deno.test("a process writes both of its streams to its log", () =>
  inFolder(async (logFile) => {
    const command = ["sh", "-c", "echo out; echo err >&2"];
    await startChild({ name: "talker", command, logFile }).ended;
    assertEquals(await Deno.readTextFile(logFile), "out\nerr\n");
  }));

Deno.test("the sentence about an ended process names it, its status and its log", () =>
  inFolder(async (logFile) => {
    const child = startChild({ name: "talker", command: ["sh", "-c", "exit 3"], logFile });
    assertEquals(
      await child.ended,
      `The process "talker" ended with status 3: see "${logFile}"`,
    );
  }));

Deno.test("a process is stopped with the signal that ends it in good order", () =>
  inFolder(async (logFile) => {
    const script = "trap 'echo bye; exit' INT; echo ready; while :; do sleep 0.05; done";
    const child = startChild({
      name: "polite",
      command: ["sh", "-c", script],
      logFile,
      stopSignal: "SIGINT",
    });
    const log = () => Deno.readTextFile(logFile).catch(() => "");
    await waitUntilReady(child, async () => (await log()).includes("ready"));
    await child.stop();
    assertEquals(await log(), "ready\nbye\n");
  }));

Deno.test("waiting for a process that has ended is an error that says so", () =>
  inFolder(async (logFile) => {
    const child = startChild({ name: "weak", command: ["sh", "-c", "exit 1"], logFile });
    await assertRejects(
      () => waitUntilReady(child, () => Promise.resolve(false)),
      Error,
      'The process "weak" ended with status 1',
    );
  }));
