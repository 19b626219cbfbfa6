import { assertEquals, assertRejects } from "@std/assert";
import type { Call } from "../_shared/data_api.ts";
import { createEngine } from "./engine.ts";
import { ACTION, sampleApproval, TOKEN } from "./testing/samples.ts";

const CALLBACK = { actionId: ACTION, attempt: 2 };

function answering(data: unknown) {
  const calls: [string, Record<string, unknown>][] = [];
  const call: Call = (name, parameters) => {
    calls.push([name, parameters]);
    return Promise.resolve({ data, error: null, status: 200 });
  };
  return { engine: createEngine(call), calls };
}

function failing(status: number, error: { code?: string; message: string }) {
  return createEngine(() => Promise.resolve({ data: null, error, status }));
}

Deno.test("an answer goes to workflow_answer", async () => {
  const { engine, calls } = answering({ status: "completed", more: 1 });
  const answer = { status: "failed", error: "No" } as const;
  assertEquals(await engine.answer(CALLBACK, answer), { value: { status: "completed" } });
  const parameters = { action_id: ACTION, attempt: 2, result: answer };
  assertEquals(calls, [["workflow_answer", parameters]]);
});

Deno.test("an approval comes from workflow_read_approval", async () => {
  const { engine, calls } = answering(sampleApproval());
  assertEquals(await engine.readApproval(TOKEN), { value: sampleApproval() });
  assertEquals(calls, [["workflow_read_approval", { token: TOKEN }]]);
});

Deno.test("a decision goes to workflow_decide", async () => {
  const { engine, calls } = answering(sampleApproval());
  const decision = { token: TOKEN, decision: "rejected", comment: null } as const;
  assertEquals(await engine.decide(decision), { value: sampleApproval() });
  assertEquals(calls, [["workflow_decide", decision]]);
});

for (
  const [code, refusal] of [
    ["PT404", "unknown"],
    ["PT409", "conflict"],
    ["PT422", "invalid"],
    ["22P05", "invalid"],
    ["54001", "invalid"],
  ] as const
) {
  Deno.test(`the error ${code} is a refusal as ${refusal}`, async () => {
    assertEquals(await failing(400, { code, message: "m" }).readApproval(TOKEN), { refusal });
  });
}

for (
  const [name, status, error] of [
    ["a function that the Data API does not know", 404, { code: "PGRST202", message: "m" }],
    ["a wrong key", 401, { message: "Invalid API key" }],
    ["no network", 0, { code: "", message: "" }],
    ["a time-out", 500, { code: "57014", message: "canceling statement" }],
  ] as const
) {
  Deno.test(`${name} is an error, and no refusal`, async () => {
    await assertRejects(
      () => failing(status, error).readApproval(TOKEN),
      Error,
      'Cannot call "workflow_read_approval": ',
    );
  });
}

Deno.test("an answer that breaks the contract is an error", async () => {
  const { engine } = answering({ ...sampleApproval(), status: "perhaps" });
  await assertRejects(() => engine.readApproval(TOKEN), Error, "status");
});
