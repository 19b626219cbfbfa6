import { assertThrows } from "@std/assert";
import { assertSays } from "../assert_says.ts";

Deno.test("a page says what is so, and hides what varies", () => {
  assertSays({ id: "7", list: [1, { at: "noon" }] }, { list: [1, { at: "…" }], id: "…" }, 1);
  assertSays("ERROR:  There is no run 7 (yet)", "ERROR:  There is no run … (yet)", 1);
  assertSays(null, "…", 1);
});

for (
  const [what, actual, page] of [
    ["another value", { a: 1 }, { a: 2 }],
    ["a key more", { a: "…" }, { a: "…", b: "…" }],
    ["a key less", { a: 1, b: 2 }, { a: 1 }],
    ["an item more", [1], [1, "…"]],
    ["an item less", [1, 2], ["…"]],
    ["another text around what varies", "run 7 failed", "run … completed"],
    ["nothing at all", undefined, "…"],
  ] as const
) {
  Deno.test(`a page that says otherwise fails: ${what}`, () => {
    assertThrows(() => assertSays(actual, page, 7), Error, "Line 7");
  });
}
