import { assertEquals } from "@std/assert";
import { wait } from "./wait.ts";

const HASH = "a".repeat(64);

for (
  const value of [
    { kind: "callback" },
    { kind: "callback", timeout: "1 hour" },
    { kind: "sleep", duration: "15 minutes" },
    { kind: "sleep", until: "2030-01-31T09:00:00+01:00" },
    { kind: "event", event: "order.paid", match: { id: 7 }, timeout: "P3D", look_back: "1 hour" },
    { kind: "approval", message: "Refund?", tokens: [] },
    { kind: "approval", message: "Refund?", tokens: [{ recipient: "a@example.com", hash: HASH }] },
    { kind: "run", workflow: "invoice", input: {}, wait: true, on_failure: "continue" },
  ]
) {
  Deno.test(`an action can wait for ${JSON.stringify(value)}`, () => {
    assertEquals<unknown>(wait.parse(value), value);
  });
}

for (
  const [name, value] of [
    ["an unknown kind", { kind: "pigeon" }],
    ["a sleep without an end", { kind: "sleep" }],
    ["a sleep with two ends", { kind: "sleep", duration: "1 hour", until: "2030-01-31" }],
    ["an event without a name", { kind: "event", event: "" }],
    ["a token in place of its hash", {
      kind: "approval",
      message: "Refund?",
      tokens: [{ recipient: "a@example.com", hash: "token" }],
    }],
    ["a misspelt key", { kind: "callback", time_out: "1 hour" }],
  ] as const
) {
  Deno.test(`nothing waits for ${name}`, () => {
    assertEquals(wait.safeParse(value).success, false);
  });
}
