import { assertEquals } from "@std/assert";
import { createTable } from "../attached_table.ts";
import { claim, completed, report } from "../engine_calls.ts";
import { insertRows } from "../insert_rows.ts";
import { pauseEngine } from "../quiet.ts";
import { openSession } from "../session.ts";
import { setLeaseGrace, untilLeaseRanOut } from "../lease.ts";
import { openStack, type TestStack } from "../stack.ts";
import { createWorkflow, type TestWorkflow } from "../workflow.ts";

/** A run of two actions side by side, both claimed, and one that follows. */
async function startSiblings(stack: TestStack, timeoutSeconds = 60) {
  await using parts = new AsyncDisposableStack();
  parts.use(await pauseEngine(stack));
  const table = parts.use(await createTable(stack));
  const action = { action_type: "log", payload: {}, timeout_seconds: timeoutSeconds };
  const workflow = parts.use(
    await createWorkflow(stack, {
      trigger: table.inserted,
      actions: [
        { ...action, name: "left" },
        { ...action, name: "right" },
        { ...action, name: "after", order: 2 },
      ],
    }),
  );
  const first = parts.use(await openSession(stack, "service_role"));
  const second = parts.use(await openSession(stack, "service_role"));
  await insertRows(stack, table);
  const { claims, actions } = await claim(first);
  const [left, right] = ["left", "right"].map((name) =>
    claims.find(({ action }) => actions[action]?.name === name)
  );
  if (left === undefined || right === undefined) throw new Error("Cannot claim both siblings");
  const kept = parts.move();
  return {
    workflow,
    first,
    second,
    left,
    right,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function statuses(workflow: TestWorkflow): Promise<Record<string, string>> {
  const logs = await workflow.logs();
  return Object.fromEntries(logs.map(({ action, status }) => [action, status]));
}

Deno.test("two last siblings that report at once move their run on exactly once", async () => {
  await using stack = await openStack();
  await using run = await startSiblings(stack);
  const { workflow, first, second, left, right } = run;
  await first.sql`begin`;
  await report(first, completed(left));
  const other = report(second, completed(right));
  await second.untilBlocked();
  await first.sql`commit`;
  assertEquals((await other).accepted, 1);
  assertEquals((await workflow.logs()).length, 3);
  assertEquals(await statuses(workflow), {
    left: "completed",
    right: "completed",
    after: "not_started",
  });
  const { claims: [after] } = await claim(first);
  if (after === undefined) throw new Error("Cannot claim what follows");
  await report(first, completed(after));
  assertEquals(await workflow.runs(), ["completed"]);
});

Deno.test("of two reports of one attempt the first counts and the second is stale", async () => {
  await using stack = await openStack();
  await using run = await startSiblings(stack);
  const { workflow, first, second, left } = run;
  await first.sql`begin`;
  await report(first, completed(left));
  const other = report(second, { ...completed(left), output: "too late" });
  await second.untilBlocked();
  await first.sql`commit`;
  const { accepted, stale } = await other;
  assertEquals([accepted, stale], [0, [left.id]]);
  const log = (await workflow.logs()).find(({ id }) => id === left.id);
  assertEquals(log?.output_json, '{"ok": true}');
});

Deno.test("a report waits for the application that writes the status itself, and is stale", async () => {
  await using stack = await openStack();
  await using run = await startSiblings(stack);
  const { workflow, first, second, left } = run;
  await first.sql`begin`;
  await first.sql`
    update public.workflow_action_logs set status = 'completed', output = '"mine"'
    where id = ${left.id}`;
  const other = report(second, {
    id: left.id,
    attempt: left.attempt,
    status: "failed",
    error: "no",
  });
  await second.untilBlocked();
  await first.sql`commit`;
  const { accepted, stale } = await other;
  assertEquals([accepted, stale], [0, [left.id]]);
  const log = (await workflow.logs()).find(({ id }) => id === left.id);
  assertEquals([log?.status, log?.output_json], ["completed", '"mine"']);
});

Deno.test("the tick passes by a report under way whose lease has run out", async () => {
  await using stack = await openStack();
  await using _grace = await setLeaseGrace(stack, "1 millisecond");
  await using run = await startSiblings(stack, 1);
  const { workflow, first, second, left, right } = run;
  for (const { id } of [left, right]) await untilLeaseRanOut(stack, id);
  await first.sql`begin`;
  await report(first, completed(left));
  await second.sql`select public.workflow_action_log_cron()`;
  await first.sql`commit`;
  assertEquals(await statuses(workflow), { left: "completed", right: "not_started" });
});

Deno.test("a report after the tick took the lease back is stale", async () => {
  await using stack = await openStack();
  await using _grace = await setLeaseGrace(stack, "1 millisecond");
  await using run = await startSiblings(stack, 1);
  const { workflow, second, left, right } = run;
  await using tick = await openSession(stack);
  for (const { id } of [left, right]) await untilLeaseRanOut(stack, id);
  await tick.sql`begin`;
  await tick.sql`select public.workflow_action_log_cron()`;
  const late = report(second, completed(left));
  await second.untilBlocked();
  await tick.sql`commit`;
  const { accepted, stale } = await late;
  assertEquals([accepted, stale], [0, [left.id]]);
  assertEquals(await statuses(workflow), { left: "not_started", right: "not_started" });
  const { claims } = await claim(second);
  assertEquals(claims.map(({ attempt }) => attempt), [2, 2]);
});
