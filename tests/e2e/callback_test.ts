import { assert, assertEquals, assertMatch } from "@std/assert";
import { travel } from "../../local/travel.ts";
import { callbackUrl } from "../../supabase/functions/_shared/signed_link.ts";
import { createEndpoint, type Endpoint, type EndpointScript } from "../endpoint.ts";
import { openStack, type TestStack } from "../stack.ts";
import { uniqueName } from "../unique_name.ts";
import { until } from "../until.ts";
import { type ActionDefinition, createWorkflow, type TestWorkflow } from "../workflow.ts";

const TAKEN_ON: EndpointScript = { answers: [{ status: 202 }] };
const LATER = "A later answer counts for nothing";

/** An action that was handed on, and the action after it. */
interface HandedOn extends AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly workflow: TestWorkflow;
  /** The callback URL that the endpoint was given in its n-th call. */
  callback(call?: number): Promise<string>;
}

/** Hands an action on to an endpoint; another action reads its output. */
async function handOn(
  stack: TestStack,
  script: EndpointScript = TAKEN_ON,
  createAction: (endpoint: Endpoint) => ActionDefinition = ({ path }) => ({
    target_endpoint: path,
  }),
): Promise<HandedOn> {
  await using parts = new AsyncDisposableStack();
  const endpoint = parts.use(await createEndpoint(stack, script));
  const trigger = uniqueName("order.placed");
  const workflow = parts.use(
    await createWorkflow(stack, {
      trigger,
      actions: [
        { name: "pack", ...createAction(endpoint) },
        {
          name: "tell",
          order: 2,
          action_type: "log",
          payload: { message: "{{ $.actions.pack.output.parcel | default: 'none' }}" },
        },
      ],
    }),
  );
  await stack.db`select public.workflow_emit(${trigger}, '{"order": 17}')`;
  const kept = parts.move();
  return {
    endpoint,
    workflow,
    callback: (call = 1) =>
      until(`call ${call}`, async () => {
        const body = (await endpoint.requests())[call - 1]?.body;
        return body && /http[^"]+\/callback\?[^"]+/.exec(body)?.[0];
      }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function post(url: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

const waiting = ({ status }: { status: string }) => status === "waiting";

Deno.test("an application that answers 202 completes the action at its callback URL, once", async () => {
  await using stack = await openStack();
  await using work = await handOn(stack);
  const url = await work.callback();
  await work.workflow.log("the action to wait", waiting);
  const answer = { status: "completed", output: { parcel: "p_1" } };
  assertEquals(await post(url, answer), { status: 200, body: { status: "completed" } });
  const logs = await work.workflow.ended();
  assertEquals(logs.map(({ action, status }) => [action, status]), [
    ["pack", "completed"],
    ["tell", "completed"],
  ]);
  assertEquals(JSON.parse(logs[1]?.output_json ?? "").message, "p_1");
  assertEquals((await post(url, { status: "failed", error: LATER })).status, 409);
  assertEquals((await work.workflow.logs())[0]?.status, "completed");
});

Deno.test("a third party's own body is the output", async () => {
  await using stack = await openStack();
  await using work = await handOn(stack);
  const url = await work.callback();
  await work.workflow.log("the action to wait", waiting);
  await post(url, { type: "parcel.packed", parcel: "p_2" });
  const [log] = await work.workflow.ended();
  assertEquals(log?.output_json, '{"type": "parcel.packed", "parcel": "p_2"}');
});

Deno.test("an answer that comes before the 202 counts", async () => {
  await using stack = await openStack();
  await using work = await handOn(stack, { ...TAKEN_ON, delay_ms: 1500 });
  const url = await work.callback();
  assertEquals((await work.workflow.logs())[0]?.status, "processing");
  const answer = { status: "completed", output: { parcel: "p_3" } };
  assertEquals((await post(url, answer)).status, 200);
  await work.workflow.ended();
  await stack.functions.untilIdle();
  const [log] = await work.workflow.logs();
  assertEquals([log?.status, log?.output_json], ["completed", '{"parcel": "p_3"}']);
});

Deno.test("a failure that is answered ends the action, and no retry is made", async () => {
  await using stack = await openStack();
  await using work = await handOn(stack);
  const url = await work.callback();
  await work.workflow.log("the action to wait", waiting);
  assertEquals((await post(url, { status: "failed", error: "Out of stock" })).status, 200);
  const [log] = await work.workflow.ended();
  assertEquals([log?.status, log?.final, log?.error], ["failed", true, "Out of stock"]);
  assertEquals(await work.workflow.runs(), ["failed"]);
});

Deno.test("after an answer that asks for a retry only the new attempt's answer counts", async () => {
  await using stack = await openStack();
  await using work = await handOn(stack);
  const first = await work.callback();
  await work.workflow.log("the action to wait", waiting);
  const { status, body } = await post(first, { status: "retry", error: "Busy" });
  assertEquals([status, body], [200, { status: "not_started" }]);
  assertEquals((await post(first, { parcel: "p_4" })).status, 409);
  await travel(stack.db, "3 minutes");
  const second = await work.callback(2);
  await work.workflow.log("attempt 2 to wait", (log) => waiting(log) && log.attempt === 2);
  assertEquals((await post(first, { parcel: "p_4" })).status, 409);
  assertEquals((await post(second, { parcel: "p_5" })).status, 200);
  const [log] = await work.workflow.ended();
  assertEquals([log?.attempt, log?.output_json], [2, '{"parcel": "p_5"}']);
});

Deno.test("who is not given the URL cannot answer", async () => {
  await using stack = await openStack();
  await using work = await handOn(stack);
  const url = new URL(await work.callback());
  const { id } = await work.workflow.log("the action to wait", waiting);
  const attempts: Record<string, string>[] = [
    { signature: "A".repeat(43) },
    { attempt: "2" },
    { action: crypto.randomUUID() },
  ];
  for (const change of attempts) {
    const changed = new URL(url);
    for (const [name, value] of Object.entries(change)) changed.searchParams.set(name, value);
    const answer = await post(changed.href, { parcel: "p_6" });
    assertEquals(answer, { status: 401, body: { message: "Unauthorized" } });
  }
  assertEquals((await work.workflow.logs()).find((log) => log.id === id)?.status, "waiting");
});

Deno.test("an action that does not exist, or was stopped, takes no answer", async () => {
  await using stack = await openStack();
  await using work = await handOn(stack);
  const url = await work.callback();
  const { run_id } = await work.workflow.log("the action to wait", waiting);
  const { api_url, workflow_secret } = stack.info;
  const callback = { actionId: crypto.randomUUID(), attempt: 1 };
  const unknown = await post(await callbackUrl(api_url, workflow_secret, callback), {});
  assertEquals(unknown.status, 404);
  await stack.service.rpc("workflow_stop", { run_id }).throwOnError();
  assertEquals((await post(url, { parcel: "p_7" })).status, 409);
  assertEquals((await work.workflow.ended())[0]?.status, "stopped");
});

Deno.test("an answer that is too large, or no JSON, leaves the action waiting", async () => {
  await using stack = await openStack();
  await using work = await handOn(stack);
  const url = await work.callback();
  await work.workflow.log("the action to wait", waiting);
  assertEquals((await post(url, "x".repeat(300_000))).status, 413);
  const broken = await fetch(url, { method: "POST", body: "status=completed" });
  assertEquals([broken.status, await broken.json()], [400, { message: "The answer is not JSON" }]);
  const unstorable = await post(url, { parcel: "p_\u0000" });
  assertEquals(unstorable, { status: 422, body: { message: "The answer cannot be stored" } });
  assertEquals((await work.workflow.logs())[0]?.status, "waiting");
});

Deno.test("an http_request waits for the callback whose URL its payload carries", async () => {
  await using stack = await openStack();
  await using work = await handOn(
    stack,
    { answers: [{ status: 201, body: { job: 1 } }] },
    ({ url }) => ({
      action_type: "http_request",
      payload: {
        method: "POST",
        url,
        json: { order: "{{ $.event.order }}", notify: { $callback_url: true } },
        wait_for_callback: true,
      },
    }),
  );
  const url = await work.callback();
  const [request] = await work.endpoint.requests();
  assert(request !== undefined);
  assertEquals(JSON.parse(request.body), { order: 17, notify: url });
  assertMatch(url, /^http:\S+\/functions\/v1\/workflow-webhook\/callback\?action=/);
  await work.workflow.log("the action to wait", waiting);
  assertEquals((await post(url, { parcel: "p_8" })).status, 200);
  const [log] = await work.workflow.ended();
  assertEquals(log?.output_json, '{"parcel": "p_8"}');
});
