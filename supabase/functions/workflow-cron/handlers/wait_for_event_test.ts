import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Json } from "../../_shared/contract/json.ts";
import { checked } from "../handler.ts";
import { sampleContext } from "../testing/samples.ts";
import * as waitForEvent from "./wait_for_event.ts";

for (
  const payload of [
    { event: "order.paid" },
    {
      event: "order.paid",
      match: { order_id: 7 },
      timeout: "3 days",
      look_back: "1 hour",
    },
  ]
) {
  Deno.test(`an action waits for ${JSON.stringify(payload)}`, async () => {
    assertEquals(await checked(waitForEvent)(payload, sampleContext()), {
      kind: "waiting",
      wait: { kind: "event", ...payload },
    });
  });
}

for (
  const [name, payload, problem] of [
    ["no event", {}, '"payload.event"'],
    ["a match that is no object", { event: "a", match: 7 }, '"payload.match"'],
    ["a timeout in seconds", { event: "a", timeout: 60 }, '"payload.timeout"'],
    ["a key that is misspelt", { event: "a", lookback: "1 hour" }, '"lookback"'],
    ["a kind of its own", { event: "a", kind: "run" }, '"kind"'],
  ] satisfies [string, Json, string][]
) {
  Deno.test(`a wait with ${name} fails for good and says where`, async () => {
    const outcome = await checked(waitForEvent)(payload, sampleContext());
    assert(outcome.kind === "failed");
    assertStringIncludes(outcome.reason, problem);
  });
}

Deno.test("the output is an event or a timeout, never both", () => {
  const event = {
    id: "019ab000-0000-7000-8000-000000000001",
    name: "order.paid",
    payload: {},
    occurred_at: "2030-01-31T09:00:00+00:00",
  };
  assert(waitForEvent.output.safeParse({ timed_out: false, event }).success);
  assert(waitForEvent.output.safeParse({ timed_out: true, event: null }).success);
  assert(!waitForEvent.output.safeParse({ timed_out: false, event: null }).success);
});
