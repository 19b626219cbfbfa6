import { assertEquals, assertExists, assertRejects } from "@std/assert";
import { Webhook } from "standardwebhooks";
import { createTable } from "../attached_table.ts";
import { createEndpoint } from "../endpoint.ts";
import { beProject, importBlock, readPage } from "../page.ts";
import { insertRows } from "../insert_rows.ts";
import { openStack, type TestStack } from "../stack.ts";
import { uniqueName } from "../unique_name.ts";
import { createWorkflow } from "../workflow.ts";

const SECRET = `whsec_${btoa("the secret of the payments")}`;

Deno.test("the guide's receiver of payments verifies calls, and emits each once", async () => {
  await using stack = await openStack();
  beProject(stack);
  Deno.env.set("PAYMENT_WEBHOOK_SECRET", SECRET);
  const { POST } = await importOnly("how-to/wait_for_a_payment.md");
  const order = uniqueName("order");
  await using workflow = await createWorkflow(stack, {
    trigger: order,
    actions: [{
      action_type: "wait_for_event",
      payload: { event: "order.paid", match: { order_id: "{{ $.event.order_id }}" } },
    }],
  });
  await stack.db`select public.workflow_emit(${order}, ${stack.db.json({ order_id: order })})`;
  await workflow.log("the wait", ({ status }) => status === "waiting");
  const call = paymentCall({ order_id: order, amount: 20 });
  assertEquals((await POST(call({ "webhook-signature": "v1,AAAA" }))).status, 401);
  assertEquals((await POST(call())).status, 204);
  assertEquals((await POST(call())).status, 204);
  const [log] = await workflow.ended();
  assertEquals(JSON.parse(log?.output_json ?? "").event.payload, { order_id: order, amount: 20 });
  const events = await stack.db`
    select from public.workflow_event e
    where e.name = 'order.paid' and e.payload ->> 'order_id' = ${order}`;
  assertEquals(events.length, 1);
});

Deno.test("the guide's function stops whatever is about an invoice", async () => {
  await using stack = await openStack();
  beProject(stack);
  await using table = await createTable(stack);
  const { stopReminders } = await importOnly(
    "how-to/stop_reminders.md",
    (code) => code.replaceAll("public.invoices", `public.${table.name}`),
  );
  await using workflow = await createReminder(stack, table.inserted);
  await insertRows(stack, table);
  const { related_table_pkey } = await workflow.log("the reminder", () => true);
  assertEquals(await stopReminders(Number(related_table_pkey)), 1);
  assertEquals(await stopReminders(Number(related_table_pkey)), 0);
  assertEquals(await workflow.runs(), ["stopped"]);
});

Deno.test("the guide's function retries what has failed since", async () => {
  await using stack = await openStack();
  beProject(stack);
  const { retryFailures } = await importOnly("how-to/replay_failures.md");
  await using endpoint = await createEndpoint(stack, {
    answers: [{ status: 400 }, { status: 200, body: "shipped" }],
  });
  const trigger = uniqueName("order.placed");
  await using workflow = await createWorkflow(stack, {
    trigger,
    actions: [{ target_endpoint: endpoint.path }],
  });
  await stack.db`select public.workflow_emit(${trigger})`;
  await workflow.ended();
  assertEquals(await workflow.runs(), ["failed"]);
  const [{ name, now }] = await readNameAndTime(stack, workflow.id);
  const tomorrow = new Date(now.getTime() + 24 * 60 * 60 * 1000);
  assertEquals(await retryFailures(name, tomorrow, "Nothing failed since"), 0);
  const yesterday = new Date(now.getTime() - 24 * 60 * 60 * 1000);
  assertEquals(await retryFailures(name, yesterday, "The carrier is back"), 1);
  const [log] = await workflow.ended();
  assertEquals([log?.status, log?.attempt, log?.output_json], ["completed", 2, '"shipped"']);
});

Deno.test("the reference's function pauses a run", async () => {
  await using stack = await openStack();
  beProject(stack);
  await using table = await createTable(stack);
  const { pauseRun } = await importOnly("reference/steering.md");
  await using workflow = await createReminder(stack, table.inserted);
  await insertRows(stack, table);
  const { run_id } = await workflow.log("the reminder", () => true);
  const { data } = await pauseRun(run_id, "A typing error");
  assertEquals(data, { status: "paused" });
  assertEquals(await workflow.runs(), ["paused"]);
  await assertRejects(() => pauseRun(run_id, "Again"), Error, "it is paused");
});

/** What the one block of TypeScript of a page exports. */
async function importOnly(page: string, edit: (code: string) => string = (code) => code) {
  const [block, ...others] = await readPage(page, ["ts"]);
  assertExists(block);
  assertEquals(others, []);
  return await importBlock({ ...block, code: edit(block.code) });
}

function createReminder(stack: TestStack, trigger: string) {
  return createWorkflow(stack, {
    trigger,
    actions: [{ action_type: "log", delay: "7 days", payload: { message: "Pay" } }],
  });
}

/** A workflow's name, and what time the engine has. */
function readNameAndTime({ db }: TestStack, workflowId: string) {
  return db<[{ name: string; now: Date }]>`
    select w.name, workflow_engine.clock() as now from public.workflow w where w.id = ${workflowId}`;
}

/** A payment as its provider sends it, signed. */
function paymentCall(payment: Record<string, unknown>) {
  const [id, body, now] = [uniqueName("msg"), JSON.stringify(payment), new Date()];
  return (headers: Record<string, string> = {}) =>
    new Request("https://app.example.com", {
      method: "POST",
      body,
      headers: {
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
        "webhook-signature": new Webhook(SECRET).sign(id, now, body),
        ...headers,
      },
    });
}
