import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Json } from "../../_shared/contract/json.ts";
import { checked } from "../handler.ts";
import { sampleContext } from "../testing/samples.ts";
import * as sleepUntil from "./sleep_until.ts";

Deno.test("a sleep waits until its time", async () => {
  const until = "2030-01-31T09:00:00+01:00";
  assertEquals(await checked(sleepUntil)({ until }, sampleContext()), {
    kind: "waiting",
    wait: { kind: "sleep", until },
  });
});

for (
  const [name, payload] of [
    ["no time", {}],
    ["a time that a template did not find", { until: null }],
    ["an empty time", { until: "" }],
  ] satisfies [string, Json][]
) {
  Deno.test(`a sleep until ${name} fails for good and says where`, async () => {
    const outcome = await checked(sleepUntil)(payload, sampleContext());
    assert(outcome.kind === "failed");
    assertStringIncludes(outcome.reason, '"payload.until"');
  });
}
