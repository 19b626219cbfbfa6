import { assertEquals } from "@std/assert";
import { nestingOf } from "./nesting.ts";

for (
  const [text, depth] of [
    ["", 0],
    ["1", 0],
    ["[]", 1],
    ['{"a": [1, {"b": 2}], "c": [[]]}', 3],
    ['["[[[", "\\\\\\"[[[", {}]', 2],
    ["[".repeat(130_000), 130_000],
  ] as const
) {
  Deno.test(`${text.slice(0, 40)} is nested ${depth} deep`, () => {
    assertEquals(nestingOf(text), depth);
  });
}
