import { assertEquals, assertStringIncludes } from "@std/assert";
import { runGate, type Step } from "./gate.ts";
import { failed, passed } from "./outcome.ts";

async function gate(...runs: Step["run"][]) {
  const lines: string[] = [];
  const result = await runGate(
    runs.map((run, index) => ({ name: `step ${index + 1}`, run })),
    (line) => lines.push(line),
  );
  return { result, text: lines.join("\n"), last: lines.at(-1)?.trim() };
}

Deno.test("the last line sums up all steps", async () => {
  const { result, last } = await gate(
    () => Promise.resolve(passed(3)),
    () => Promise.resolve(failed("one", "because")),
  );
  assertEquals(result, { passed: 3, failed: 1 });
  assertEquals(last, "3 passed, 1 failed");
});

Deno.test("a failure is printed in full under the name of its step", async () => {
  const { text } = await gate(() => Promise.resolve(failed("one", "because\nof that")));
  assertStringIncludes(text, "FAILED  step 1: one\n  because\n  of that");
});

Deno.test("a step that throws has failed, and the steps after it still run", async () => {
  const { result, text } = await gate(
    () => Promise.reject(new Error("no room")),
    () => Promise.resolve(passed()),
  );
  assertEquals(result, { passed: 1, failed: 1 });
  assertStringIncludes(text, "no room");
});

Deno.test("a step that checks nothing has failed", async () => {
  const { result } = await gate(() => Promise.resolve(passed(0)));
  assertEquals(result, { passed: 0, failed: 1 });
});
