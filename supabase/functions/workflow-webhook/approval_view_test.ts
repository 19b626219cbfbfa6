import { assertEquals } from "@std/assert";
import type { Json } from "../_shared/contract/json.ts";
import { viewApproval } from "./approval_view.ts";
import { sampleApproval } from "./testing/samples.ts";

for (
  const [value, text] of [
    ["a\nb", "a\nb"],
    [12.5, "12.5"],
    [false, "false"],
    [null, "–"],
    [[1, "a", null], "1, a, –"],
    [{ street: "Main", number: 5 }, "street: Main\nnumber: 5"],
    [{ lines: [1] }, '{\n  "lines": [\n    1\n  ]\n}'],
    [[{ sku: 1 }], '[\n  {\n    "sku": 1\n  }\n]'],
    [[], ""],
  ] satisfies [Json, string][]
) {
  Deno.test(`the detail ${JSON.stringify(value)} reads ${JSON.stringify(text)}`, () => {
    const { details } = viewApproval(sampleApproval({ details: { value } }));
    assertEquals(details, [{ name: "value", text }]);
  });
}

Deno.test("times are given in UTC, whatever offset the engine writes", () => {
  const expires_at = "2026-12-02T01:30:00+02:00";
  const { state } = viewApproval(sampleApproval({ status: "expired", expires_at }));
  assertEquals(state, "Nobody had decided by 1 December 2026 at 23:30 UTC.");
});

Deno.test("only what is pending is open", () => {
  const statuses = ["pending", "approved", "rejected", "expired", "stopped"] as const;
  const open = statuses.filter((status) => viewApproval(sampleApproval({ status })).isOpen);
  assertEquals(open, ["pending"]);
});
