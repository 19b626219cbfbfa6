import { assertEquals } from "@std/assert";
import { callbackBody } from "./callback_answer.ts";
import type { Json } from "./json.ts";

const answers: Json[] = [
  { status: "completed" },
  { status: "completed", output: null },
  { status: "completed", output: { paid: true } },
  { status: "failed", error: "Card refused" },
  { status: "failed" },
  { status: "retry" },
  { status: "retry", error: "Busy", retry_after_ms: 60_000 },
];

for (const answer of answers) {
  Deno.test(`${JSON.stringify(answer)} is an answer`, () => {
    assertEquals<unknown>(callbackBody.parse(answer), answer);
  });
}

const outputs: Json[] = [
  { status: "completed", output: 1, id: "pay_1" },
  { status: "failed", error: { code: 7 } },
  { status: "retry", retry_after_ms: -1 },
  { status: "succeeded", id: "pay_1" },
  ["completed"],
  "completed",
  0,
  null,
];

for (const output of outputs) {
  Deno.test(`${JSON.stringify(output)} is the output of a completed action`, () => {
    assertEquals(callbackBody.parse(output), { status: "completed", output });
  });
}
