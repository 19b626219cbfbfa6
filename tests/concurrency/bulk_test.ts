import { assertEquals, assertGreater } from "@std/assert";
import {
  type Attempt,
  call,
  claimAttempts,
  completed,
  failed,
  outcomeOf,
  report,
  type Result,
  waiting,
} from "../engine_calls.ts";
import { pauseEngineInFile } from "../quiet.ts";
import { openSession, type Session } from "../session.ts";
import { openStack, type TestStack } from "../stack.ts";
import { startRun } from "../steered_run.ts";
import { uniqueName } from "../unique_name.ts";
import { createWorkflow, type TestWorkflow } from "../workflow.ts";

pauseEngineInFile();

const RUNS = 200;

/** A bulk operation goes through runs in slices of 200. */
const MORE_THAN_A_SLICE = 202;

const WORK = { name: "work", action_type: "log" };

/** How long everybody works, in milliseconds. */
const DURATION = 3000;

/** How often one call may meet a deadlock: repeating it once must do, as a rule. */
const MOST_DEADLOCKS = 3;

Deno.test("stops, retries and pauses in bulk leave nothing behind among busy workers", async () => {
  await using stack = await openStack();
  await using child = await createWorkflow(stack, {
    trigger: uniqueName("never"),
    actions: [{ name: "work", action_type: "log" }],
  });
  const event = uniqueName("order.paid");
  await using parent = await createParent(stack, child, event);
  await using sessions = new AsyncDisposableStack();
  const open = async () => sessions.use(await openSession(stack, "service_role"));
  const [one, two, stopper, steerer] = [await open(), await open(), await open(), await open()];
  await emit(one, parent.trigger, RUNS);
  const end = performance.now() + DURATION;
  const repeat = async (turn: () => Promise<number>) => {
    let sum = 0;
    while (performance.now() < end) sum += await turn();
    return sum;
  };
  const [first, second, stopped, retried] = await Promise.all([
    repeat(() => work(one, child, event)),
    repeat(() => work(two, child, event)),
    repeat(() => bulk(stopper, "stop", { workflow: parent.name, limit: 5 })),
    repeat(() => steer(steerer, parent, event)),
  ]);
  for (const count of [first, second, stopped, retried]) assertGreater(count, 0);
  await bulk(stopper, "stop", { workflow: parent.name, limit: 10_000 });
  await call(stopper, "workflow_action_log_cron");
  assertEquals(await findLeftovers(stack, [parent, child]), []);
});

for (const operation of ["retry", "replay"]) {
  Deno.test(`of two bulk calls of ${operation} at once the second finds nothing left`, async () => {
    await using stack = await openStack();
    await using run = await startRun(stack, WORK);
    await report(run.first, failed(run.attempt("work")));
    const args = { operation, filter: { workflow: run.workflow.name }, dry_run: false };
    await run.first.sql`begin`;
    const done = await call(run.first, "workflow_bulk", args);
    const second = call(run.second, "workflow_bulk", args);
    await run.second.untilBlocked();
    await run.first.sql`commit`;
    assertEquals([done.affected, (await second).affected], [1, 0]);
    assertEquals((await run.workflow.logs()).length, operation === "replay" ? 2 : 1);
  });
}

Deno.test("a bulk stop and a report of runs far apart get by each other", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK, { ...WORK, name: "next", order: 2 });
  await using third = await openSession(stack, "service_role");
  await emit(run.first, run.trigger, MORE_THAN_A_SLICE);
  const attempts = await claimAttempts(run.first, 1000);
  const [held, early] = attempts.slice(-2);
  await report(run.first, completed(run.attempt("work")));
  const [late] = await run.claim();
  if (held === undefined || early === undefined || late === undefined) throw new Error("No work");
  await third.sql`begin`;
  await third.sql`select from public.workflow_action_logs l where l.id = ${held.id} for update`;
  const args = { operation: "stop", filter: { workflow: run.workflow.name }, dry_run: false };
  const stopped = call(run.second, "workflow_bulk", args);
  await run.second.untilBlocked();
  const { accepted } = await report(run.first, completed(early), completed(late));
  await third.sql`commit`;
  assertEquals([accepted, (await stopped).affected], [2, MORE_THAN_A_SLICE]);
});

/** A workflow of a fan-out, a child and an event side by side, and an action after them. */
async function createParent(stack: TestStack, child: TestWorkflow, event: string) {
  const trigger = uniqueName("steered");
  const workflow = await createWorkflow(stack, {
    trigger,
    actions: [
      { name: "item", action_type: "log", for_each: "$.event.items" },
      { name: "call", action_type: "start_workflow", payload: { workflow: child.name } },
      { name: "ask", action_type: "wait_for_event", payload: { event } },
      { name: "after", action_type: "log", order: 2 },
    ],
  });
  return Object.assign(workflow, { trigger });
}

/** Emits an event with two items some times over. */
async function emit({ sql }: Session, event: string, times: number): Promise<void> {
  await sql`
    select public.workflow_emit(${event}, '{"items": [1, 2]}')
    from generate_series(1, ${times}::int)`;
}

/** Claims and reports, as a worker does; returns how many results counted. */
async function work(session: Session, child: TestWorkflow, event: string): Promise<number> {
  const attempts = await insist(() => claimAttempts(session, 40));
  const results = attempts.map((attempt) => resultOf(attempt, child, event));
  return (await insist(() => report(session, ...results))).accepted;
}

function resultOf(attempt: Attempt, child: TestWorkflow, event: string): Result {
  if (attempt.name === "ask") return waiting(attempt, { kind: "event", event });
  if (attempt.name !== "call") return completed(attempt);
  const workflow = child.name;
  return waiting(attempt, { kind: "run", workflow, input: {}, wait: true, on_failure: "fail" });
}

/** Pauses some runs, retries some that were stopped, resumes all; and the event comes. */
async function steer(session: Session, parent: TestWorkflow, event: string): Promise<number> {
  const workflow = parent.name;
  await bulk(session, "pause", { workflow, limit: 20 });
  const retried = await bulk(session, "retry", { workflow, status: "stopped", limit: 5 });
  await insist(() => call(session, "workflow_emit", { event }));
  await bulk(session, "resume", { workflow });
  return retried;
}

async function bulk(session: Session, operation: string, filter: object): Promise<number> {
  const args = { operation, filter, dry_run: false };
  const { affected } = await insist(() => call(session, "workflow_bulk", args));
  return Number(affected);
}

/** Repeats a call that meets a deadlock, as whoever makes it does. */
async function insist<Answer extends object>(turn: () => Promise<Answer>): Promise<Answer> {
  for (let deadlocks = 0;;) {
    const outcome = await outcomeOf(turn());
    if (typeof outcome !== "string") return outcome;
    deadlocks += 1;
    if (!outcome.startsWith("40P01") || deadlocks > MOST_DEADLOCKS) throw new Error(outcome);
  }
}

/** What contradicts itself: something unfinished in a run that has ended, or a run that has not. */
async function findLeftovers({ db }: TestStack, workflows: TestWorkflow[]): Promise<string[]> {
  const rows = await db`
    select format('%s in a run that is %s', l.status, r.status) as leftover
    from public.workflow_run r
    left join public.workflow_action_logs l on l.run_id = r.id
    where r.workflow_id = any (${workflows.map(({ id }) => id)})
      and (
        r.completed_at is null
        or r.owes_answer
        or l.status in ('not_started', 'processing', 'waiting')
        or (r.status = 'completed' and l.status <> 'completed')
      )
    union all
    select 'an event awaited by an action that is ' || l.status
    from workflow_engine.event_wait w
    join public.workflow_action_logs l on l.id = w.action_log_id
    where w.event_id is null and l.status <> 'waiting'`;
  return rows.map(({ leftover }) => String(leftover));
}
