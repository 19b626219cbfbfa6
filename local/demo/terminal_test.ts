import { assertEquals } from "@std/assert";
import { createTerminal } from "./terminal.ts";

function written(isTerminal: boolean): string {
  let text = "";
  const terminal = createTerminal((part) => text += part, { isTerminal });
  terminal.print("first");
  terminal.progress("waiting");
  terminal.progress("waiting");
  terminal.print("second");
  terminal.print();
  return text;
}

Deno.test("on a terminal the progress moves and gives way to the next line", () => {
  assertEquals(
    written(true),
    "first\n\r\x1b[2K  ⠋ waiting\r\x1b[2K  ⠙ waiting\r\x1b[2Ksecond\n\n",
  );
});

Deno.test("a pipe gets the lines alone", () => {
  assertEquals(written(false), "first\nsecond\n\n");
});
