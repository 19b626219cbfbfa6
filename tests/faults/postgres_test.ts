import { assert, assertEquals } from "@std/assert";
import { createTable } from "../attached_table.ts";
import { createEndpoint } from "../endpoint.ts";
import { insertRows } from "../insert_rows.ts";
import { setLeaseGrace } from "../lease.ts";
import { openStack, type TestStack } from "../stack.ts";
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
