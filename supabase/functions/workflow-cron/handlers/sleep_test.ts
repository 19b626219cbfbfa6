import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Json } from "../../_shared/contract/json.ts";
import { checked } from "../handler.ts";
import { sampleContext } from "../testing/samples.ts";
import * as sleep from "./sleep.ts";

Deno.test("a sleep waits for its duration", async () => {
  const outcome = await checked(sleep)({ duration: "15 minutes" }, sampleContext());
  assertEquals(outcome, {
    kind: "waiting",
    wait: { kind: "sleep", duration: "15 minutes" },
  });
});

for (
  const [name, payload] of [
    ["no duration", {}],
    ["an empty one", { duration: "" }],
    ["a number of nothing", { duration: 15 }],
    ["none that a template found", { duration: null }],
  ] satisfies [string, Json][]
) {
  Deno.test(`a sleep with ${name} fails for good and says where`, async () => {
    const outcome = await checked(sleep)(payload, sampleContext());
    assert(outcome.kind === "failed");
    assertStringIncludes(outcome.reason, '"payload.duration"');
  });
}
