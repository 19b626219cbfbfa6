import { assert, assertEquals, assertGreater } from "@std/assert";
import { travel } from "../../local/travel.ts";
import { createEndpoint } from "../endpoint.ts";
import { openStack } from "../stack.ts";
import { uniqueName } from "../unique_name.ts";
import { createWorkflow } from "../workflow.ts";

/** What is stopped is aborted within ten seconds. */
const ABORT_PATIENCE_MS = 10_000;

/** An application that never answers, and tells when a caller has come and when it has gone. */
function serveSilence(): AsyncDisposable & {
  url: string;
  came: Promise<void>;
  went: Promise<void>;
} {
  const came = Promise.withResolvers<void>();
  const went = Promise.withResolvers<void>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    came.resolve();
    return new Promise((resolve) => {
      request.signal.addEventListener("abort", () => {
        went.resolve();
        resolve(new Response());
      });
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/silent`,
    came: came.promise,
    went: went.promise,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("a stopped action is aborted at the next heartbeat, and the run goes no further", async () => {
  await using stack = await openStack();
  await using application = serveSilence();
  const trigger = uniqueName("event");
  await using workflow = await createWorkflow(stack, {
    trigger,
    actions: [
      { name: "slow", target_endpoint: application.url },
      { name: "after", action_type: "log", order: 2 },
    ],
  });
  await stack.service.rpc("workflow_emit", { event: trigger }).throwOnError();
  await application.came;
  const log = await workflow.log("the action at work", ({ status }) => status === "processing");
  const { data } = await stack.service.rpc("workflow_stop", {
    action_id: log.id,
    reason: "it takes too long",
    actor: "ada@example.com",
  }).throwOnError();
  assertEquals(data, { stopped: 1 });
  const patience = AbortSignal.timeout(ABORT_PATIENCE_MS);
  await Promise.race([
    application.went,
    new Promise((_, reject) => patience.addEventListener("abort", () => reject(patience.reason))),
  ]);
  const logs = await workflow.ended();
  assertEquals(logs.map(({ action, status }) => [action, status]), [
    ["slow", "stopped"],
    ["after", "skipped"],
  ]);
  assertEquals(await workflow.runs(), ["stopped"]);
  const history = await stack.db`
    select h.kind, h.actor, h.reason from public.workflow_history h
    where h.action_log_id = ${log.id} and h.kind not like 'attempt%'`;
  assertEquals([...history], [
    { kind: "stopped", actor: "ada@example.com", reason: "it takes too long" },
  ]);
});

Deno.test("a run sleeps through what travels by, and goes on when its time has come", async () => {
  await using stack = await openStack();
  const trigger = uniqueName("event");
  await using workflow = await createWorkflow(stack, {
    trigger,
    actions: [
      { name: "pause", action_type: "sleep", payload: { duration: "3 days" } },
      { name: "after", action_type: "log", order: 2, payload: { message: "awake" } },
    ],
  });
  await stack.service.rpc("workflow_emit", { event: trigger }).throwOnError();
  const asleep = await workflow.log("the sleep", ({ status }) => status === "waiting");
  assertGreater(asleep.due_in, 2.9 * 24 * 3600);
  await travel(stack.db, "3 days");
  const logs = await workflow.ended();
  assertEquals(logs.map(({ action, status }) => [action, status]), [
    ["pause", "completed"],
    ["after", "completed"],
  ]);
});

Deno.test("a parent gets what its child came to, and fails with it", async () => {
  await using stack = await openStack();
  await using endpoint = await createEndpoint(stack, {
    answers: [{ status: 200, body: { invoice: 7 } }, { status: 400 }],
  });
  const [name, trigger] = [uniqueName("child"), uniqueName("event")];
  await stack.service.rpc("workflow_deploy", {
    definition: {
      name,
      trigger: uniqueName("never"),
      actions: [{
        name: "bill",
        action_type: "webhook",
        target_endpoint: endpoint.path,
        payload: { amount: "{{ $.event.amount }}" },
      }],
    },
  }).throwOnError();
  await using workflow = await createWorkflow(stack, {
    trigger,
    actions: [{
      name: "child",
      action_type: "start_workflow",
      payload: { workflow: name, input: { amount: "{{ $.event.amount }}" } },
    }],
  });
  await stack.service.rpc("workflow_emit", { event: trigger, payload: { amount: 30 } })
    .throwOnError();
  const [well] = await workflow.ended();
  assertEquals(well?.status, "completed");
  const output = JSON.parse(well?.output_json ?? "{}");
  assertEquals([output.status, output.output], ["completed", { bill: { invoice: 7 } }]);
  const [call] = await endpoint.requests();
  assertEquals(JSON.parse(call?.body ?? "{}").payload, { amount: 30 });
  await stack.service.rpc("workflow_emit", { event: trigger, payload: { amount: 31 } })
    .throwOnError();
  const [, ill] = await workflow.ended(2);
  assertEquals(ill?.status, "failed");
  assert(
    ill?.error?.includes(
      `of workflow "${name}" failed: action "bill": The application answered 400`,
    ),
  );
});
