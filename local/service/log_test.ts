import { assertEquals } from "@std/assert";
import { createLog } from "./log.ts";

function logged(...event: Parameters<ReturnType<typeof createLog>>): string[] {
  const lines: string[] = [];
  createLog("inbox", (line) => lines.push(line))(...event);
  return lines;
}

Deno.test("an event is one line with its fields as pairs", () => {
  assertEquals(logged("mail", { provider: "resend", to: "a@b.c" }), [
    "inbox mail provider=resend to=a@b.c",
  ]);
});

Deno.test("a value with spaces or line breaks is quoted and stays on the line", () => {
  assertEquals(logged("error", { message: "first\nsecond" }), [
    String.raw`inbox error message="first\nsecond"`,
  ]);
});

Deno.test("a field that is undefined is left out", () => {
  assertEquals(logged("stop", { signal: undefined }), ["inbox stop"]);
});
