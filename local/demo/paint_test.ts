import { assertEquals } from "@std/assert";
import { createPaint } from "./paint.ts";

Deno.test("a terminal gets colours", () => {
  const paint = createPaint({ isTerminal: true, noColor: undefined });
  assertEquals(paint.good("done"), "\x1b[32mdone\x1b[0m");
});

Deno.test("a pipe gets plain text", () => {
  assertEquals(createPaint({ isTerminal: false, noColor: undefined }).good("done"), "done");
});

Deno.test("NO_COLOR switches colours off, unless it is empty", () => {
  assertEquals(createPaint({ isTerminal: true, noColor: "1" }).bad("lost"), "lost");
  assertEquals(createPaint({ isTerminal: true, noColor: "" }).bad("lost"), "\x1b[31mlost\x1b[0m");
});
