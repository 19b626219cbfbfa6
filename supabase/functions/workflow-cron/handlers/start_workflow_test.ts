import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Json } from "../../_shared/contract/json.ts";
import { checked } from "../handler.ts";
import { sampleContext } from "../testing/samples.ts";
import * as startWorkflow from "./start_workflow.ts";

const STANDARD = { kind: "run", input: {}, wait: true, on_failure: "fail" };

for (
  const payload of [
    { workflow: "invoice" },
    {
      workflow: "invoice",
      input: { order_id: 7 },
      wait: false,
      on_failure: "continue",
    },
  ]
) {
  Deno.test(`a run is started and waited for as ${JSON.stringify(payload)} says`, async () => {
    assertEquals<unknown>(
      await checked(startWorkflow)(payload, sampleContext()),
      {
        kind: "waiting",
        wait: { ...STANDARD, ...payload },
      },
    );
  });
}

for (
  const [name, payload, problem] of [
    ["no workflow", {}, '"payload.workflow"'],
    ["an input that is no object", { workflow: "a", input: [7] }, '"payload.input"'],
    ["an unknown on_failure", { workflow: "a", on_failure: "ignore" }, '"payload.on_failure"'],
    ["a key that is misspelt", { workflow: "a", inputs: {} }, '"inputs"'],
  ] satisfies [string, Json, string][]
) {
  Deno.test(`a start with ${name} fails for good and says where`, async () => {
    const outcome = await checked(startWorkflow)(payload, sampleContext());
    assert(outcome.kind === "failed");
    assertStringIncludes(outcome.reason, problem);
  });
}
