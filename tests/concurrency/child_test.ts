import { assertEquals, assertMatch } from "@std/assert";
import {
  type Attempt,
  call,
  claim,
  completed,
  failed,
  outcomeOf,
  refusalOf,
  report,
  reportAndClaim,
  waiting,
} from "../engine_calls.ts";
import { pauseEngineInFile } from "../quiet.ts";
import { openSession, type Session } from "../session.ts";
import { openStack, type TestStack } from "../stack.ts";
import { startRun, type SteeredRun } from "../steered_run.ts";
import { uniqueName } from "../unique_name.ts";
import { until } from "../until.ts";
import { type ActionDefinition, createWorkflow, type TestWorkflow } from "../workflow.ts";

pauseEngineInFile();

const STOPPED = { run: "stopped", call: "stopped" };
const COMPLETED = { run: "completed", call: "completed" };

/** A workflow of one action, to be started by others. */
function createChild(stack: TestStack): Promise<TestWorkflow> {
  return createWorkflow(stack, {
    trigger: uniqueName("never"),
    actions: [{ name: "work", action_type: "log" }],
  });
}

/** An action that starts it. */
function calling(child: TestWorkflow, name = "call"): ActionDefinition {
  return { name, action_type: "start_workflow", payload: { workflow: child.name } };
}

/** Reports that an attempt has to wait for a child, which that starts. */
function startChild(session: Session, attempt: Attempt, child: TestWorkflow, wait = true) {
  return report(
    session,
    waiting(attempt, {
      kind: "run",
      workflow: child.name,
      input: {},
      wait,
      on_failure: "fail",
    }),
  );
}

/** A run that waits for a child whose action is being executed. */
async function startWaiting(stack: TestStack, child: TestWorkflow) {
  const run = await startRun(stack, calling(child));
  await startChild(run.first, run.attempt("call"), child);
  const work = (await run.claim()).find(({ name }) => name === "work");
  if (work === undefined) throw new Error("Cannot claim the child's action");
  return Object.assign(run, { work });
}

/** The same, after the child has ended and before its parent is told. */
async function startTelling(stack: TestStack, child: TestWorkflow) {
  const run = await startWaiting(stack, child);
  await report(run.first, completed(run.work));
  return run;
}

function stopRun(session: Session, run: SteeredRun) {
  return call(session, "workflow_stop", { run_id: run.id });
}

function tick(session: Session) {
  return call(session, "workflow_action_log_cron");
}

Deno.test("a stop waits for a report that starts a child, and stops that, too", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startRun(stack, calling(child));
  await run.first.sql`begin`;
  await startChild(run.first, run.attempt("call"), child);
  const stopped = stopRun(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await stopped, { stopped: 1 });
  assertEquals([await run.statuses(), await run.history()], [STOPPED, [
    "attempt_stopped",
    "stopped",
  ]]);
  assertEquals(await child.runs(), ["stopped"]);
  assertEquals((await child.logs()).map(({ status }) => status), ["stopped"]);
});

Deno.test("a stop waits for a report that starts a child nobody waits for, and stops that, too", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  const after = { name: "after", action_type: "log", order: 2 };
  await using run = await startRun(stack, calling(child), after);
  await run.first.sql`begin`;
  await startChild(run.first, run.attempt("call"), child, false);
  const stopped = stopRun(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await stopped, { stopped: 1 });
  assertEquals(await run.statuses(), { run: "stopped", call: "completed", after: "stopped" });
  assertEquals(await child.runs(), ["stopped"]);
});

Deno.test("a stop waits for a report that rolls back, and there is no child", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startRun(stack, calling(child));
  await run.first.sql`begin`;
  await startChild(run.first, run.attempt("call"), child);
  const stopped = stopRun(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertEquals(await stopped, { stopped: 1 });
  assertEquals((await startChild(run.first, run.attempt("call"), child)).accepted, 0);
  assertEquals([await run.statuses(), await child.runs()], [STOPPED, []]);
});

Deno.test("a report that would start a child waits for a stop, and starts none", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startRun(stack, calling(child));
  await run.first.sql`begin`;
  await stopRun(run.first, run);
  const reported = startChild(run.second, run.attempt("call"), child);
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals((await reported).stopped, [run.attempt("call").id]);
  assertEquals([await run.statuses(), await child.runs()], [STOPPED, []]);
});

Deno.test("a report starts its child after a stop that rolls back", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startRun(stack, calling(child));
  await run.first.sql`begin`;
  await stopRun(run.first, run);
  const reported = startChild(run.second, run.attempt("call"), child);
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertEquals((await reported).accepted, 1);
  assertEquals(await run.statuses(), { run: "running", call: "waiting" });
  assertEquals(await child.runs(), ["running"]);
});

Deno.test("a parent's stop waits for its child's end, which counts and changes nothing", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startWaiting(stack, child);
  await run.first.sql`begin`;
  await report(run.first, completed(run.work));
  const stopped = stopRun(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await stopped, { stopped: 1 });
  await tick(run.first);
  assertEquals([await run.statuses(), await run.history()], [STOPPED, [
    "attempt_stopped",
    "stopped",
  ]]);
  assertEquals(await child.runs(), ["completed"]);
});

Deno.test("a parent's stop stops its child when the child's end rolls back", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startWaiting(stack, child);
  await run.first.sql`begin`;
  await report(run.first, completed(run.work));
  const stopped = stopRun(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertEquals(await stopped, { stopped: 1 });
  assertEquals((await report(run.first, completed(run.work))).stopped, [run.work.id]);
  assertEquals([await run.statuses(), await child.runs()], [STOPPED, ["stopped"]]);
});

Deno.test("a child's end waits for its parent's stop, and is refused", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startWaiting(stack, child);
  await run.first.sql`begin`;
  await stopRun(run.first, run);
  const reported = report(run.second, completed(run.work));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals((await reported).stopped, [run.work.id]);
  await tick(run.first);
  assertEquals([await run.statuses(), await run.history()], [STOPPED, [
    "attempt_stopped",
    "stopped",
  ]]);
  assertEquals(await child.runs(), ["stopped"]);
});

Deno.test("a child's end counts after its parent's stop rolls back", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startWaiting(stack, child);
  await run.first.sql`begin`;
  await stopRun(run.first, run);
  const reported = report(run.second, completed(run.work));
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertEquals((await reported).accepted, 1);
  await tick(run.first);
  assertEquals([await run.statuses(), await child.runs()], [COMPLETED, ["completed"]]);
});

Deno.test("a stop of the action that waits for a child waits for its end, which counts", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startWaiting(stack, child);
  await run.first.sql`begin`;
  await report(run.first, completed(run.work));
  const stopped = call(run.second, "workflow_stop", { action_id: run.attempt("call").id });
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await stopped, { stopped: 1 });
  await tick(run.first);
  assertEquals([await run.statuses(), await child.runs()], [STOPPED, ["completed"]]);
});

Deno.test("a child's end waits for a stop of the action that waits for it, and is refused", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startWaiting(stack, child);
  await run.first.sql`begin`;
  await call(run.first, "workflow_stop", { action_id: run.attempt("call").id });
  const reported = report(run.second, completed(run.work));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals((await reported).stopped, [run.work.id]);
  assertEquals([await run.statuses(), await child.runs()], [STOPPED, ["stopped"]]);
});

Deno.test("a stop waits until the parent has been told of its child's end, and is refused", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startTelling(stack, child);
  await run.first.sql`begin`;
  await tick(run.first);
  const stopped = refusalOf(stopRun(run.second, run));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await stopped, /^PT409 Cannot stop run .*: it is completed$/);
  assertEquals([await run.statuses(), await run.history()], [COMPLETED, []]);
});

Deno.test("a stopped parent is not told of its child's end, and nobody waits to tell it", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startTelling(stack, child);
  await run.first.sql`begin`;
  await stopRun(run.first, run);
  await tick(run.second);
  await run.first.sql`commit`;
  await tick(run.second);
  assertEquals([await run.statuses(), await run.history()], [STOPPED, [
    "attempt_stopped",
    "stopped",
  ]]);
  assertEquals([await child.runs(), await countOwing(stack, child)], [["completed"], 0]);
});

Deno.test("a parent whose stop rolls back is told of its child's end", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startTelling(stack, child);
  await run.first.sql`begin`;
  await stopRun(run.first, run);
  await tick(run.second);
  await run.first.sql`rollback`;
  await tick(run.second);
  assertEquals([await run.statuses(), await run.history()], [COMPLETED, []]);
});

Deno.test("a parent is told that its child was stopped", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startWaiting(stack, child);
  await call(run.first, "workflow_stop", { run_id: run.work.run_id });
  await tick(run.second);
  assertEquals(await run.statuses(), { run: "failed", call: "failed" });
  assertEquals([await child.runs(), await countOwing(stack, child)], [["stopped"], 0]);
});

Deno.test("of two that tell a parent of one child's end one does, and nobody waits", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startTelling(stack, child);
  await run.first.sql`begin`;
  await claim(run.first);
  await claim(run.second);
  await run.first.sql`commit`;
  await claim(run.second);
  assertEquals([await run.statuses(), await countOwing(stack, child)], [COMPLETED, 0]);
});

Deno.test("two children that end at once move their parent on exactly once", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startWithTwoChildren(stack, child);
  await report(run.first, completed(run.one));
  await run.first.sql`begin`;
  await claim(run.first);
  await report(run.second, completed(run.two));
  await claim(run.second);
  await run.first.sql`commit`;
  assertEquals((await run.claim()).length, 1);
  assertEquals((await run.workflow.logs()).length, 3);
  assertEquals(await run.statuses(), {
    run: "running",
    left: "completed",
    right: "completed",
    after: "processing",
  });
});

Deno.test("of two children that end at once each counts, even when the other's news rolls back", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startWithTwoChildren(stack, child);
  await report(run.first, completed(run.one));
  await run.first.sql`begin`;
  await claim(run.first);
  await report(run.second, completed(run.two));
  await claim(run.second);
  await run.first.sql`rollback`;
  assertEquals((await run.claim()).length, 1);
  assertEquals(await run.statuses(), {
    run: "running",
    left: "completed",
    right: "completed",
    after: "processing",
  });
});

Deno.test("a child's end that leaves its sibling unneeded and a report of both get by each other", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startWithTwoChildren(stack, child, 1);
  await using third = await openSession(stack);
  await call(run.second, "workflow_signal", { run_id: run.id, name: "something.else" });
  await third.sql`begin`;
  await third.sql`select from public.workflow_run r where r.id = ${run.two.run_id} for update`;
  const ended = outcomeOf(reportAndClaim(run.first, completed(run.two)));
  await run.first.untilBlocked();
  const both = outcomeOf(report(run.second, completed(run.one), completed(run.two)));
  await run.second.untilBlocked();
  await third.sql`commit`;
  assertEquals([accepted(await ended), accepted(await both)], [1, 1]);
  assertEquals(await child.runs(), ["completed", "completed"]);
});

Deno.test("a join that has enough gets by a report of the child it does not need and of its parent", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startWithUnneededChild(stack, child);
  await run.second.sql`begin`;
  await lockLogs(run.second, run.work, run.attempt("other"));
  const quick = await report(run.first, completed(run.attempt("quick")));
  const both = await report(run.second, completed(run.work), completed(run.attempt("other")));
  await run.second.sql`commit`;
  assertEquals([accepted(quick), accepted(both)], [1, 2]);
  await run.claim();
  assertEquals(await child.runs(), ["completed"]);
  const { call: called, after } = await run.statuses();
  assertEquals([called, after], ["stopped", "processing"]);
});

Deno.test("a claim passes by a child that nobody needs and somebody holds, and a later one stops it", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startWithUnneededChild(stack, child);
  await run.second.sql`begin`;
  await lockLogs(run.second, run.work);
  await report(run.first, completed(run.attempt("quick")));
  await run.claim();
  assertEquals(await child.runs(), ["running"]);
  await run.second.sql`commit`;
  await until("the child to be stopped", async () => {
    await run.claim();
    return (await child.runs())[0] === "stopped";
  });
});

Deno.test("two children of a fan-out that end at once end it exactly once", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startRun(stack, { ...calling(child), for_each: "$.event.items" });
  const [one, two] = await startAll(run, run.attempts("call"), child);
  await report(run.first, completed(one));
  await run.first.sql`begin`;
  await claim(run.first);
  await report(run.second, completed(two));
  await claim(run.second);
  await run.first.sql`commit`;
  await claim(run.second);
  assertEquals(await run.statuses(), {
    ...COMPLETED,
    "call[0]": "completed",
    "call[1]": "completed",
  });
});

Deno.test("a parent is not told of an item's child while somebody ends the fan-out, and nobody waits", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startRun(stack, { ...calling(child), for_each: "$.event.items" });
  await using third = await openSession(stack);
  const [one, two] = run.attempts("call");
  if (one === undefined || two === undefined) throw new Error("Cannot claim both items");
  await startChild(run.first, one, child);
  const work = (await run.claim()).find(({ name }) => name === "work");
  if (work === undefined) throw new Error("Cannot claim the child's action");
  await report(run.first, completed(work));
  await third.sql`begin`;
  await third.sql`select from workflow_engine.fan_out f where f.run_id = ${run.id} for update`;
  const bad = outcomeOf(report(run.first, failed(two)));
  await run.first.untilBlocked();
  await claim(run.second);
  await third.sql`commit`;
  assertEquals(accepted(await bad), 1);
  await tick(run.second);
  assertEquals(await countOwing(stack, child), 0);
  assertEquals(await run.statuses(), {
    ...{ run: "failed", call: "failed" },
    ...{ "call[0]": "stopped", "call[1]": "failed" },
  });
});

Deno.test("a parent is not told of a failure that is being retried, and nobody waits to tell it", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startWaiting(stack, child);
  await report(run.first, failed(run.work));
  await run.first.sql`begin`;
  await call(run.first, "workflow_retry", { run_id: run.work.run_id });
  await tick(run.second);
  await run.first.sql`commit`;
  const again = (await run.claim()).find(({ name }) => name === "work");
  if (again === undefined) throw new Error("Cannot claim the child's action again");
  assertEquals(await run.statuses(), { run: "running", call: "waiting" });
  await report(run.first, completed(again));
  await tick(run.first);
  assertEquals([await run.statuses(), await child.runs()], [COMPLETED, ["completed"]]);
});

Deno.test("a child's retry waits until its parent has been told of the failure", async () => {
  await using stack = await openStack();
  await using child = await createChild(stack);
  await using run = await startWaiting(stack, child);
  await report(run.first, failed(run.work));
  await run.first.sql`begin`;
  await tick(run.first);
  const retried = call(run.second, "workflow_retry", { run_id: run.work.run_id });
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await retried, { status: "running" });
  assertEquals(await run.statuses(), { run: "failed", call: "failed" });
  assertEquals([await child.runs(), await countOwing(stack, child)], [["running"], 0]);
});

/**
 * A run that waits for two children side by side, or for one of them, whose actions are being
 * executed.
 */
async function startWithTwoChildren(stack: TestStack, child: TestWorkflow, joinCount = 2) {
  const run = await startRun(stack, calling(child, "left"), calling(child, "right"), {
    name: "after",
    action_type: "log",
    order: 2,
    join_count: joinCount,
  });
  const [one, two] = await startAll(run, [run.attempt("left"), run.attempt("right")], child);
  return Object.assign(run, { one, two });
}

/** A run that goes on without its child, whose action is being executed, once "quick" is done. */
async function startWithUnneededChild(stack: TestStack, child: TestWorkflow) {
  const log = { action_type: "log" };
  const run = await startRun(
    stack,
    calling(child),
    { ...log, name: "quick" },
    { ...log, name: "other" },
    { ...log, name: "after", order: 2, join_count: 1 },
  );
  await startChild(run.first, run.attempt("call"), child);
  const work = (await run.claim()).find(({ name }) => name === "work");
  if (work === undefined) throw new Error("Cannot claim the child's action");
  return Object.assign(run, { work });
}

async function lockLogs({ sql }: Session, ...attempts: readonly Attempt[]): Promise<void> {
  await sql`
    select from public.workflow_action_logs l
    where l.id in ${sql(attempts.map(({ id }) => id))}
    order by l.id
    for update`;
}

/** Starts a child for each of two attempts, and claims the children's actions. */
async function startAll(
  run: SteeredRun,
  attempts: readonly Attempt[],
  child: TestWorkflow,
): Promise<[Attempt, Attempt]> {
  for (const attempt of attempts) await startChild(run.first, attempt, child);
  const [one, two] = (await run.claim()).filter(({ name }) => name === "work");
  if (one === undefined || two === undefined) throw new Error("Cannot claim both children");
  return [one, two];
}

/** How many results a report took, or its error. */
function accepted(outcome: string | { accepted: number }): string | number {
  return typeof outcome === "string" ? outcome : outcome.accepted;
}

/** How many runs of a child have ended, or will, without their parent knowing. */
async function countOwing({ db }: TestStack, child: TestWorkflow): Promise<number> {
  const [row] = await db`
    select count(*)::int as count from public.workflow_run r
    where r.workflow_id = ${child.id} and r.owes_answer`;
  return row?.count;
}
