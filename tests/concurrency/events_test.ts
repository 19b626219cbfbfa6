import { assertEquals, assertNotEquals } from "@std/assert";
import { createTable } from "../attached_table.ts";
import { pauseEngine } from "../quiet.ts";
import { openSession, type Session } from "../session.ts";
import { openStack } from "../stack.ts";
import { uniqueName } from "../unique_name.ts";
import { createWorkflow } from "../workflow.ts";

const DEFINITIONS_AND_RUNS =
  "public.workflow, public.workflow_action, workflow_engine.workflow_version, " +
  "workflow_engine.action_version, public.workflow_run, public.workflow_action_logs";

async function emit({ sql }: Session, event: string, key: string) {
  const [row] = await sql`
    select public.workflow_emit(${event}, '{"n": 1}', idempotency_key => ${key}) as answer`;
  const answer: { event_id: string; runs: { id: string; status: string }[] } = row?.answer;
  return answer;
}

Deno.test("one idempotency key emitted by two sessions at once is one event and one run", async () => {
  await using stack = await openStack();
  await using _pause = await pauseEngine(stack);
  await using first = await openSession(stack, "service_role");
  await using second = await openSession(stack, "service_role");
  const [event, key] = [uniqueName("order.paid"), uniqueName("key")];
  await using workflow = await createWorkflow(stack, {
    trigger: event,
    actions: [{ action_type: "log", payload: { message: "paid" } }],
  });
  await first.sql`begin`;
  const mine = await emit(first, event, key);
  const other = emit(second, event, key);
  await second.untilBlocked();
  await first.sql`commit`;
  assertEquals(await other, mine);
  assertEquals(mine.runs.length, 1);
  assertEquals(await workflow.runs(), ["running"]);
});

Deno.test("an idempotency key whose first transaction rolls back goes to the second", async () => {
  await using stack = await openStack();
  await using _pause = await pauseEngine(stack);
  await using first = await openSession(stack, "service_role");
  await using second = await openSession(stack, "service_role");
  const [event, key] = [uniqueName("order.paid"), uniqueName("key")];
  await using workflow = await createWorkflow(stack, {
    trigger: event,
    actions: [{ action_type: "log", payload: { message: "paid" } }],
  });
  await first.sql`begin`;
  const undone = await emit(first, event, key);
  const other = emit(second, event, key);
  await second.untilBlocked();
  await first.sql`rollback`;
  const { event_id, runs } = await other;
  assertNotEquals(event_id, undone.event_id);
  assertEquals(runs.length, 1);
  assertEquals(await workflow.runs(), ["running"]);
});

Deno.test("capture waits for no lock on definitions or runs", async () => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [{ action_type: "log", payload: { message: "{{ $.event.type }}" } }],
  });
  {
    await using _pause = await pauseEngine(stack);
    await using editor = await openSession(stack);
    await using user = await openSession(stack, "service_role");
    await editor.sql`begin`;
    await editor.sql`select from public.workflow where id = ${workflow.id} for update`;
    await editor.sql.unsafe(`lock table ${DEFINITIONS_AND_RUNS} in access exclusive mode`);
    await user.sql`set statement_timeout = '2s'`;
    await user.sql`insert into ${user.sql(table.name)} (name) values ('one'), ('two')`;
    await user.sql`update ${user.sql(table.name)} set name = 'three'`;
    await user.sql`delete from ${user.sql(table.name)}`;
    await editor.sql`rollback`;
  }
  await stack.tick();
  assertEquals((await workflow.ended(2)).map(({ status }) => status), ["completed", "completed"]);
});

Deno.test("the decision on a wake-up waits for nobody, and nobody waits for it", async () => {
  await using stack = await openStack();
  await using _pause = await pauseEngine(stack);
  await using table = await createTable(stack);
  await using first = await openSession(stack, "service_role");
  await using second = await openSession(stack, "service_role");
  for (const { sql } of [first, second]) {
    await sql`set statement_timeout = '2s'`;
    await sql`begin`;
    await sql`insert into ${sql(table.name)} (name) values ('a row')`;
  }
  await first.sql`set constraints all immediate`;
  await second.sql`set constraints all immediate`;
  await second.sql`commit`;
  await second.sql`select public.workflow_action_log_cron()`;
  await first.sql`commit`;
  const [row] = await stack.db`
    select count(*)::int as count from public.workflow_event e where e.name = ${table.inserted}`;
  assertEquals(row?.count, 2);
});

Deno.test("of two ticks at once the second one goes home", async () => {
  await using stack = await openStack();
  await using _pause = await pauseEngine(stack);
  await using first = await openSession(stack, "service_role");
  await using second = await openSession(stack, "service_role");
  const tick = async ({ sql }: Session) => {
    const [row] = await sql`select public.workflow_action_log_cron() as answer`;
    return row?.answer;
  };
  await first.sql`begin`;
  assertEquals("skipped" in await tick(first), false);
  assertEquals(await tick(second), { skipped: "another tick is running" });
  await first.sql`commit`;
  assertEquals("skipped" in await tick(second), false);
});
