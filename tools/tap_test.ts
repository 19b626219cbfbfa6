import { assertEquals } from "@std/assert";
import { readTap } from "./tap.ts";

Deno.test("a file whose assertions all hold counts each of them", () => {
  assertEquals(readTap("a", "1..2\nok 1 - one\nok 2 - two"), { passed: 2, failures: [] });
});

Deno.test("a broken assertion is named together with what pgTAP says about it", () => {
  assertEquals(readTap("a", "1..2\nok 1 - one\nnot ok 2 - two\n# have: 1\n# want: 2"), {
    passed: 1,
    failures: [{ name: "a: 2 two", detail: "# have: 1\n# want: 2" }],
  });
});

Deno.test("a plan may come last", () => {
  assertEquals(readTap("a", "ok 1\n1..1"), { passed: 1, failures: [] });
});

Deno.test("a file that runs fewer assertions than planned fails", () => {
  assertEquals(readTap("a", "1..2\nok 1 - one"), {
    passed: 1,
    failures: [{ name: "a", detail: "Planned 2 assertions and ran 1" }],
  });
});

Deno.test("a file without a plan fails", () => {
  assertEquals(readTap("a", "ok 1 - one").failures, [{ name: "a", detail: "Printed no plan" }]);
});

Deno.test("a file that plans nothing fails", () => {
  assertEquals(readTap("a", "1..0").failures, [{ name: "a", detail: "Asserted nothing" }]);
});

Deno.test("a skipped assertion fails", () => {
  assertEquals(readTap("a", "1..1\nok 1 - # SKIP no time").passed, 0);
});
