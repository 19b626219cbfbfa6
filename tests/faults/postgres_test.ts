import { assert, assertEquals } from "@std/assert";
import { travel } from "../../local/travel.ts";
import { createTable } from "../attached_table.ts";
import { createEndpoint } from "../endpoint.ts";
import { insertRows } from "../insert_rows.ts";
import { setLeaseGrace } from "../lease.ts";
import { killFunction } from "../quiet.ts";
import { openStack, type TestStack } from "../stack.ts";
import { uniqueName } from "../unique_name.ts";
import { until } from "../until.ts";
import { createWorkflow } from "../workflow.ts";

Deno.test("a crash of Postgres in mid-work loses nothing", async () => {
  await using stack = await openStack();
  await using _grace = await setLeaseGrace(stack, "1 second");
  await using table = await createTable(stack);
  await using endpoint = await createEndpoint(stack, {
    answers: [{ status: 200, body: { ok: true } }],
    delay_ms: 300,
  });
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: ["one", "two", "three"].map((name, order) => ({
      name,
      order,
      target_endpoint: endpoint.path,
      timeout_seconds: 2,
    })),
  });
  await insertRows(stack, table, Array.from({ length: 40 }, () => ({ name: "a row" })));
  await until("work to be under way", async () => (await endpoint.requests()).length >= 50);
  await crashPostgres(stack);
  await until("every run to end", async () => {
    await stack.tick();
    const runs = await workflow.runs();
    return runs.length === 40 && runs.every((status) => status === "completed");
  }, 20_000);
  const logs = await workflow.logs();
  assertEquals(logs.length, 120);
  assertEquals(new Set(logs.map(({ status }) => status)), new Set(["completed"]));
  const calls = new Set(
    (await endpoint.requests()).map(({ headers }) => headers["idempotency-key"]),
  );
  assertEquals(calls, new Set(logs.map(({ id }) => id)));
});

Deno.test("what waits survives a crash of Postgres and of the function, and is answered", async () => {
  await using stack = await openStack();
  const [trigger, event] = [uniqueName("event"), uniqueName("order.paid")];
  await using workflow = await createWorkflow(stack, {
    trigger,
    actions: [
      { name: "sleep", action_type: "sleep", payload: { duration: "3 hours" } },
      { name: "listen", action_type: "wait_for_event", payload: { event, timeout: "1 day" } },
      { name: "ask", action_type: "approval", payload: { message: "May we?" } },
      { name: "after", action_type: "log", order: 2, payload: { message: "all there" } },
    ],
  });
  await stack.service.rpc("workflow_emit", { event: trigger }).throwOnError();
  await until("all three to wait", async () => {
    const logs = await workflow.logs();
    return logs.length === 3 && logs.every(({ status }) => status === "waiting");
  });
  await killFunction(stack);
  await crashPostgres(stack);
  assertEquals((await workflow.logs()).map(({ status }) => status), Array(3).fill("waiting"));
  const [asked] = await stack.db`
    select a.id from public.workflow_approval a join public.workflow_run r on r.id = a.run_id
    where r.workflow_id = ${workflow.id}`;
  await stack.db`select public.workflow_emit(${event})`;
  await stack.db`select public.workflow_approve(${asked?.id})`;
  await travel(stack.db, "3 hours");
  await until("the run to end", async () => {
    await stack.tick();
    return (await workflow.runs()).every((status) => status === "completed");
  }, 20_000);
  const logs = await workflow.logs();
  assertEquals(
    logs.map(({ action, status, attempt }) => `${action} ${status} ${attempt}`).toSorted(),
    ["after completed 1", "ask completed 1", "listen completed 1", "sleep completed 1"],
  );
  const outputOf = (name: string) =>
    JSON.parse(logs.find(({ action }) => action === name)?.output_json ?? "null");
  assertEquals([outputOf("listen").event.name, outputOf("ask").decision], [event, "approved"]);
});

/** Kills a backend with SIGKILL: Postgres ends all others, forgets unlogged tables and recovers. */
async function crashPostgres({ db }: TestStack): Promise<void> {
  const [row] = await db`select pg_backend_pid() as pid, pg_postmaster_start_time() as since`;
  assert(row !== undefined);
  Deno.kill(row.pid, "SIGKILL");
  await until(
    "Postgres to recover",
    () => db`select public.workflow_action_log_cron()`.then(() => true, () => false),
    20_000,
  );
}
