import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { Webhook } from "standardwebhooks";
import { travel } from "../../local/travel.ts";
import { callbackUrl } from "../../supabase/functions/_shared/signed_link.ts";
import { type AttachedTable, createTable } from "../attached_table.ts";
import { createEndpoint, type Endpoint, type EndpointScript } from "../endpoint.ts";
import { insertRows } from "../insert_rows.ts";
import { openStack, type TestStack } from "../stack.ts";
import { until } from "../until.ts";
import { createWorkflow, type TestWorkflow } from "../workflow.ts";

/** An action that an application runs, and the row that has started it. */
interface Call extends AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly workflow: TestWorkflow;
  readonly table: AttachedTable;
}

/** Lets an application answer an action as scripted. */
async function callApplication(
  stack: TestStack,
  script: EndpointScript,
  maxRetries = 5,
): Promise<Call> {
  await using parts = new AsyncDisposableStack();
  const table = parts.use(await createTable(stack));
  const endpoint = parts.use(await createEndpoint(stack, script));
  const workflow = parts.use(
    await createWorkflow(stack, {
      trigger: table.inserted,
      actions: [{
        name: "grant_trial",
        action_type: "grant_trial",
        target_endpoint: endpoint.path,
        payload: { user: "{{ $.record.name }}", days: 14 },
        max_retries: maxRetries,
      }],
    }),
  );
  await insertRows(stack, table, [{ name: "Ada" }]);
  const kept = parts.move();
  return { table, endpoint, workflow, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

const isWaiting = ({ status }: { status: string }) => status === "waiting";

Deno.test("an application gets the documented body, signed in both ways", async () => {
  await using stack = await openStack();
  await using call = await callApplication(stack, {
    answers: [{ status: 200, body: { trial: "t_1" } }],
  });
  const [log] = await call.workflow.ended();
  assertEquals(log?.output_json, '{"trial": "t_1"}');
  const [request] = await call.endpoint.requests();
  assert(log !== undefined && request !== undefined);
  assertEquals(request.method, "POST");
  assertEquals(JSON.parse(request.body), {
    workflow_id: call.workflow.id,
    action_id: log.id,
    workflow_action_id: log.workflow_action_id,
    run_id: log.run_id,
    action_type: "grant_trial",
    payload: { user: "Ada", days: 14 },
    meta: {},
    attempt: 1,
    callback_url: await callbackUrl(stack.info.api_url, stack.info.workflow_secret, {
      actionId: log.id,
      attempt: 1,
    }),
  });
  const { headers, body } = request;
  new Webhook(stack.info.webhook_secret).verify(body, headers);
  assertMatch(headers["webhook-id"] ?? "", /^msg_[0-9A-Za-z]+$/);
  assertEquals(headers["x-workflow-signature"], await hexHmac(stack.info.webhook_secret, body));
  assertEquals(headers["idempotency-key"], log.id);
});

Deno.test("an application that answers 202 completes the action later, by writing its status", async () => {
  await using stack = await openStack();
  await using call = await callApplication(stack, { answers: [{ status: 202 }] });
  const { id } = await call.workflow.log("the action to wait", isWaiting);
  assertEquals(await call.workflow.runs(), ["running"]);
  await stack.service.from("workflow_action_logs")
    .update({ status: "completed", output: { trial: "t_2" } }).eq("id", id).throwOnError();
  const [log] = await call.workflow.ended();
  assertEquals([log?.status, log?.output_json], ["completed", '{"trial": "t_2"}']);
  assertEquals(await call.workflow.runs(), ["completed"]);
});

Deno.test("a failure that an application writes is retried until it has no tries left", async () => {
  await using stack = await openStack();
  await using call = await callApplication(stack, { answers: [{ status: 202 }] }, 1);
  for (const attempt of [1, 2]) {
    const { id } = await call.workflow.log(
      `attempt ${attempt} to wait`,
      (log) => isWaiting(log) && log.attempt === attempt,
    );
    await stack.service.from("workflow_action_logs")
      .update({ status: "failed", error: "No seat left" }).eq("id", id).throwOnError();
    await stack.tick();
    await travel(stack.db, "3 minutes");
  }
  const [log] = await call.workflow.ended();
  assertEquals([log?.status, log?.final, log?.error], ["failed", true, "No seat left"]);
  assertEquals(await call.workflow.runs(), ["failed"]);
  const failures = await stack.service.from("workflow_history").select("attempt, error")
    .eq("action_log_id", log?.id ?? "").order("id").throwOnError();
  assertEquals(failures.data, [
    { attempt: 1, error: "No seat left" },
    { attempt: 2, error: "No seat left" },
  ]);
});

Deno.test("an action whose application never answers fails when its time is over", async () => {
  await using stack = await openStack();
  await using call = await callApplication(stack, { answers: [{ status: 202 }] });
  await call.workflow.log("the action to wait", isWaiting);
  await travel(stack.db, "8 days");
  const [log] = await call.workflow.ended();
  assertEquals([log?.status, log?.error], ["failed", "No answer came before the timeout"]);
});

Deno.test("what an application refuses for good is not asked again", async () => {
  await using stack = await openStack();
  for (const status of [400, 404, 410, 301]) {
    await using call = await callApplication(stack, { answers: [{ status, body: "no" }] });
    const [log] = await call.workflow.ended();
    assertEquals([log?.status, log?.final, log?.tries], ["failed", true, 0], String(status));
    assertEquals(log?.http_status, status);
    assertEquals((await call.endpoint.requests()).length, 1);
  }
});

Deno.test("what an application cannot do now is asked again, no sooner than it says", async () => {
  await using stack = await openStack();
  const afterwards: [number, string | undefined, number, number][] = [
    [500, undefined, 118, 133],
    [429, "600", 598, 600],
    [503, new Date(Date.now() + 900_000).toUTCString(), 890, 900],
  ];
  for (const [status, retryAfter, least, most] of afterwards) {
    const headers = retryAfter === undefined ? {} : { "retry-after": retryAfter };
    await using call = await callApplication(stack, {
      answers: [{ status, headers }, { status: 200, body: { ok: true } }],
    });
    const { due_in } = await call.workflow.log(
      `the retry after ${status}`,
      (log) => log.tries === 1 && log.http_status === status,
    );
    assertGreater(due_in, least);
    assertLess(due_in, most);
    await travel(stack.db, `${most} seconds`);
    const [log] = await call.workflow.ended();
    assertEquals([log?.status, log?.attempt, log?.http_status], ["completed", 2, 200]);
  }
});

Deno.test("a relative endpoint is refused with what to type when Vault holds no APP_URL", async () => {
  await using stack = await openStack();
  await stack.db`delete from vault.secrets where name = 'APP_URL'`;
  await using _url = {
    [Symbol.asyncDispose]: async () => {
      await stack.db`select vault.create_secret(${stack.info.inbox_url}, 'APP_URL')`;
    },
  };
  await using call = await callApplication(stack, { answers: [{ status: 200 }] });
  const [log] = await call.workflow.ended();
  assertEquals(log?.final, true);
  assertMatch(log?.error ?? "", /select workflow_configure\(url, app_url\)/);
  await until("no request", async () => (await call.endpoint.requests()).length === 0);
});

async function hexHmac(key: string, body: string): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", bytes(key), algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytes(body))).toHex();
}
