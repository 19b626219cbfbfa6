import { assertEquals } from "@std/assert";
import { readDenoTestRun, runDenoTests } from "./deno_tests.ts";

const junit = (...cases: string[]) => `<testsuites>${cases.join("")}</testsuites>`;
const testCase = (name: string, body = "") =>
  `<testcase name="${name}" classname="./a_test.ts" time="0.030" line="1" col="6">${body}</testcase>`;
const broken = (name: string, message: string) =>
  testCase(name, `<failure message="${message}">${message}</failure>`);

Deno.test("every case that held counts", () => {
  const run = { junit: junit(testCase("a"), testCase("b")), code: 0, output: "" };
  assertEquals(readDenoTestRun(run), { passed: 2, failures: [] });
});

Deno.test("a case that broke is named with its file and what was thrown", () => {
  const run = { junit: junit(testCase("a"), broken("b &gt; c", "1 &lt; 2")), code: 1, output: "" };
  assertEquals(readDenoTestRun(run), {
    passed: 1,
    failures: [{ name: "a_test.ts: b > c", detail: "1 < 2" }],
  });
});

Deno.test("a case that broke only through its steps is not counted beside them", () => {
  const run = {
    junit: junit(broken("a", "1 test step failed"), broken("a &gt; step", "no")),
    code: 1,
    output: "",
  };
  assertEquals(readDenoTestRun(run).failures.length, 1);
});

Deno.test("a skipped case fails", () => {
  const run = { junit: junit(testCase("a", "<skipped/>")), code: 0, output: "" };
  assertEquals(readDenoTestRun(run).failures, [
    { name: "a_test.ts: a", detail: "A test may not be skipped" },
  ]);
});

Deno.test("a run without a test fails", () => {
  assertEquals(readDenoTestRun({ junit: junit(), code: 0, output: "" }).failures.length, 1);
});

Deno.test("a run that broke before any test fails with all it said", () => {
  assertEquals(readDenoTestRun({ junit: "", code: 1, output: "no module" }), {
    passed: 0,
    failures: [{ name: "deno test ended with status 1", detail: "no module" }],
  });
});

Deno.test("a file that breaks while it is loaded fails beside the cases of the others", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a_test.ts`, 'Deno.test("holds", () => {});');
    await Deno.writeTextFile(`${folder}/b_test.ts`, 'throw new Error("unloadable");');
    const lines: string[] = [];
    const outcome = await runDenoTests([folder], {}, (line) => lines.push(line));
    assertEquals(outcome.passed, 1);
    assertEquals(outcome.failures.length, 1);
    assertEquals(lines.map((line) => line.replace(/ \(.*/, "")), ["holds ... ok"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
