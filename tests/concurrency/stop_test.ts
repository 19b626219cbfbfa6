import { assertEquals, assertMatch } from "@std/assert";
import {
  call,
  claim,
  completed,
  failed,
  outcomeOf,
  refusalOf,
  report,
  waiting,
} from "../engine_calls.ts";
import { pauseEngineInFile } from "../quiet.ts";
import { openSession, type Session } from "../session.ts";
import { openStack, type TestStack } from "../stack.ts";
import { startRun, type SteeredRun } from "../steered_run.ts";

pauseEngineInFile();

const WORK = { name: "work", action_type: "log" };
const AFTER = { name: "after", action_type: "log", order: 2 };
const STOPPED = { run: "stopped", work: "stopped" };

function stopRun(session: Session, run: SteeredRun) {
  return call(session, "workflow_stop", { run_id: run.id });
}

function stopAction(session: Session, run: SteeredRun) {
  return call(session, "workflow_stop", { action_id: run.attempt("work").id });
}

function retry(session: Session, run: SteeredRun) {
  return call(session, "workflow_retry", { run_id: run.id });
}

function reportWork(session: Session, run: SteeredRun) {
  return report(session, completed(run.attempt("work")));
}

Deno.test("a report waits for a stop of its run, and is refused", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK, AFTER);
  await run.first.sql`begin`;
  await stopRun(run.first, run);
  const late = reportWork(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  const { accepted, stopped } = await late;
  assertEquals([accepted, stopped], [0, [run.attempt("work").id]]);
  assertEquals(await run.statuses(), STOPPED);
  assertEquals(await run.history(), ["attempt_stopped", "stopped"]);
});

Deno.test("a report counts when the stop before it rolls back", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK, AFTER);
  await run.first.sql`begin`;
  await stopRun(run.first, run);
  const late = reportWork(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertEquals((await late).accepted, 1);
  assertEquals(await run.statuses(), { run: "running", work: "completed", after: "not_started" });
  assertEquals(await run.history(), []);
});

Deno.test("a stop waits for a report, and stops what follows from it", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK, AFTER);
  await run.first.sql`begin`;
  await reportWork(run.first, run);
  const stopped = stopRun(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await stopped, { stopped: 1 });
  assertEquals(await run.statuses(), { run: "stopped", work: "completed", after: "stopped" });
  assertEquals(await run.history(), ["stopped"]);
});

Deno.test("a stop waits for a report that ends the run, and is refused", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK);
  await run.first.sql`begin`;
  await reportWork(run.first, run);
  const stopped = refusalOf(stopRun(run.second, run));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await stopped, /^PT409 Cannot stop run .*: it is completed$/);
  assertEquals(await run.statuses(), { run: "completed", work: "completed" });
  assertEquals(await run.history(), []);
});

Deno.test("a stop counts when the report before it rolls back", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK);
  await run.first.sql`begin`;
  await reportWork(run.first, run);
  const stopped = stopRun(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertEquals(await stopped, { stopped: 1 });
  assertEquals((await reportWork(run.first, run)).accepted, 0);
  assertEquals([await run.statuses(), await run.history()], [STOPPED, [
    "attempt_stopped",
    "stopped",
  ]]);
});

Deno.test("of two stops of a run at once the second is refused", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK);
  await run.first.sql`begin`;
  await stopRun(run.first, run);
  const other = refusalOf(stopRun(run.second, run));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await other, /^PT409 Cannot stop run .*: it is stopped$/);
  assertEquals([await run.statuses(), await run.history()], [STOPPED, [
    "attempt_stopped",
    "stopped",
  ]]);
});

Deno.test("a report waits for a stop of its action, and is refused", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK);
  await run.first.sql`begin`;
  await stopAction(run.first, run);
  const late = reportWork(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  const { accepted, stopped } = await late;
  assertEquals([accepted, stopped], [0, [run.attempt("work").id]]);
  assertEquals([await run.statuses(), await run.history()], [STOPPED, [
    "attempt_stopped",
    "stopped",
  ]]);
});

Deno.test("a stop of an action waits for its report, and is refused", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK, AFTER);
  await run.first.sql`begin`;
  await reportWork(run.first, run);
  const stopped = refusalOf(stopAction(run.second, run));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await stopped, /^PT409 Cannot stop action log .*: it is completed$/);
  assertEquals(await run.statuses(), { run: "running", work: "completed", after: "not_started" });
  assertEquals(await run.history(), []);
});

Deno.test("a claim passes by a stop, and a stop waits for a claim", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK, AFTER);
  await reportWork(run.first, run);
  await run.first.sql`begin`;
  await stopRun(run.first, run);
  assertEquals((await claim(run.second)).claims, []);
  await run.first.sql`rollback`;
  await run.first.sql`begin`;
  assertEquals((await run.claim()).map(({ name }) => name), ["after"]);
  const stopped = stopRun(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await stopped, { stopped: 1 });
  const late = await report(run.first, completed(run.attempt("after")));
  assertEquals([late.accepted, late.stopped], [0, [run.attempt("after").id]]);
  assertEquals(await run.statuses(), { run: "stopped", work: "completed", after: "stopped" });
});

Deno.test("a late result waits for a retry, and is stale", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK);
  await stopRun(run.first, run);
  await run.first.sql`begin`;
  await retry(run.first, run);
  const late = reportWork(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  const { accepted, stale } = await late;
  assertEquals([accepted, stale], [0, [run.attempt("work").id]]);
  assertEquals(await run.statuses(), { run: "running", work: "not_started" });
  assertEquals(await run.history(), ["attempt_stopped", "stopped", "retried"]);
});

Deno.test("a late result is refused after a retry that rolls back, too", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK);
  await stopRun(run.first, run);
  await run.first.sql`begin`;
  await retry(run.first, run);
  const late = reportWork(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  const { accepted, stopped } = await late;
  assertEquals([accepted, stopped], [0, [run.attempt("work").id]]);
  assertEquals([await run.statuses(), await run.history()], [STOPPED, [
    "attempt_stopped",
    "stopped",
  ]]);
});

Deno.test("a retry waits for a late result, which changes nothing", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK);
  await stopRun(run.first, run);
  await run.first.sql`begin`;
  const { accepted } = await reportWork(run.first, run);
  const retried = retry(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals([accepted, await retried], [0, { status: "running" }]);
  const late = run.attempt("work");
  await run.claim();
  assertEquals(run.attempt("work").attempt, late.attempt + 1);
  const again = await report(run.first, completed(late));
  assertEquals([again.accepted, again.stale], [0, [late.id]]);
  await reportWork(run.first, run);
  assertEquals(await run.statuses(), { run: "completed", work: "completed" });
});

Deno.test("a retry and a late result that wait for the same run get by each other", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK);
  await using third = await openSession(stack);
  await stopRun(run.first, run);
  await third.sql`begin`;
  await third.sql`select from public.workflow_run r where r.id = ${run.id} for update`;
  const retried = outcomeOf(retry(run.first, run));
  await run.first.untilBlocked();
  const late = outcomeOf(reportWork(run.second, run));
  await run.second.untilBlocked();
  await third.sql`commit`;
  assertEquals([await retried, accepted(await late)], [{ status: "running" }, 0]);
  assertEquals(await run.statuses(), { run: "running", work: "not_started" });
});

Deno.test("a late answer waits for a retry, and is refused", async () => {
  await using stack = await openStack();
  await using run = await startTimedOut(stack);
  await run.first.sql`begin`;
  await retry(run.first, run);
  const late = refusalOf(answerLate(run.second, run));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await late, /^PT409 Cannot answer action log .*: it is not_started$/);
  assertEquals(await run.statuses(), { run: "running", work: "not_started" });
});

Deno.test("of two retries at once the second is refused", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK);
  await report(run.first, failed(run.attempt("work")));
  await run.first.sql`begin`;
  await retry(run.first, run);
  const other = refusalOf(retry(run.second, run));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await other, /^PT409 Cannot retry run .*: it is running$/);
  assertEquals(await run.statuses(), { run: "running", work: "not_started" });
  assertEquals(await run.history(), ["attempt_failed", "retried"]);
});

Deno.test("of two retries at once the second counts when the first rolls back", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK);
  await report(run.first, failed(run.attempt("work")));
  await run.first.sql`begin`;
  await retry(run.first, run);
  const other = retry(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertEquals(await other, { status: "running" });
  assertEquals(await run.history(), ["attempt_failed", "retried"]);
});

Deno.test("a stop waits for a retry, and stops what that began", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK);
  await report(run.first, failed(run.attempt("work")));
  await run.first.sql`begin`;
  await retry(run.first, run);
  const stopped = stopRun(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await stopped, { stopped: 1 });
  assertEquals(await run.statuses(), STOPPED);
  assertEquals(await run.history(), ["attempt_failed", "retried", "stopped"]);
});

Deno.test("a retry waits for a stop, and begins what that ended", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, WORK);
  await run.first.sql`begin`;
  await stopRun(run.first, run);
  const retried = retry(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await retried, { status: "running" });
  assertEquals(await run.statuses(), { run: "running", work: "not_started" });
  assertEquals(await run.history(), ["attempt_stopped", "stopped", "retried"]);
});

Deno.test("a stop of a fan-out's run lets its last item's report go first", async () => {
  await using stack = await openStack();
  await using run = await startFanOut(stack);
  await using third = await openSession(stack, "service_role");
  await run.first.sql`begin`;
  await report(run.first, completed(run.one));
  const last = outcomeOf(report(run.second, completed(run.two)));
  await run.second.untilBlocked();
  const stopped = outcomeOf(stopRun(third, run));
  await third.untilBlocked();
  await run.first.sql`commit`;
  assertEquals([accepted(await last), await stopped], [1, { stopped: 1 }]);
  assertEquals(await run.statuses(), {
    run: "stopped",
    work: "completed",
    "work[0]": "completed",
    "work[1]": "completed",
    after: "stopped",
  });
});

Deno.test("a stop of a fan-out lets its last item's report go first", async () => {
  await using stack = await openStack();
  await using run = await startFanOut(stack);
  await using third = await openSession(stack, "service_role");
  await run.first.sql`begin`;
  await report(run.first, completed(run.one));
  const last = outcomeOf(report(run.second, completed(run.two)));
  await run.second.untilBlocked();
  const stopped = refusalOf(call(third, "workflow_stop", { action_id: run.fanOut }));
  await third.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(accepted(await last), 1);
  assertMatch(await stopped, /^PT409 Cannot stop action log .*: it is completed$/);
});

Deno.test("a failure that ends a fan-out and its other item's report get by each other", async () => {
  await using stack = await openStack();
  await using run = await startFanOut(stack);
  await using third = await openSession(stack);
  await third.sql`begin`;
  await third.sql`select from workflow_engine.fan_out f where f.run_id = ${run.id} for update`;
  const bad = outcomeOf(report(run.first, failed(run.one)));
  await run.first.untilBlocked();
  const good = outcomeOf(report(run.second, completed(run.two)));
  await run.second.untilBlocked();
  await third.sql`commit`;
  assertEquals([accepted(await bad), accepted(await good)], [1, 1]);
  assertEquals(await run.statuses(), {
    run: "failed",
    work: "failed",
    "work[0]": "failed",
    "work[1]": "completed",
    after: "skipped",
  });
});

Deno.test("a join that has enough and the report of what it does not need get by each other", async () => {
  await using stack = await openStack();
  await using run = await startRun(
    stack,
    WORK,
    { ...WORK, name: "slow" },
    { ...AFTER, join_count: 1 },
  );
  await using third = await openSession(stack);
  await third.sql`begin`;
  await third.sql`select from public.workflow_run r where r.id = ${run.id} for update`;
  const quick = outcomeOf(reportWork(run.first, run));
  await run.first.untilBlocked();
  const slow = outcomeOf(report(run.second, completed(run.attempt("slow"))));
  await run.second.untilBlocked();
  await third.sql`commit`;
  assertEquals([accepted(await quick), accepted(await slow)], [1, 1]);
  assertEquals(await run.statuses(), {
    ...{ run: "running", work: "completed", slow: "completed" },
    after: "not_started",
  });
});

for (const first of ["report", "stop"]) {
  Deno.test(`a stop of an action that a retry decides anew and what it follows get by each other, the ${first} first`, async () => {
    await using stack = await openStack();
    await using run = await startRun(stack, WORK, { ...AFTER, run_if: "always" });
    await report(run.first, failed(run.attempt("work")));
    await run.claim();
    await report(run.first, failed(run.attempt("after")));
    await retry(run.first, run);
    await run.claim();
    await using third = await openSession(stack);
    await third.sql`begin`;
    await third.sql`select from public.workflow_run r where r.id = ${run.id} for update`;
    const ways = {
      report: () => outcomeOf(reportWork(run.first, run)),
      stop: () =>
        outcomeOf(call(run.second, "workflow_stop", { action_id: run.attempt("after").id })),
    };
    const [earlier, later] = first === "report" ? [run.first, run.second] : [run.second, run.first];
    const began = first === "report" ? ways.report() : ways.stop();
    await earlier.untilBlocked();
    const followed = first === "report" ? ways.stop() : ways.report();
    await later.untilBlocked();
    await third.sql`commit`;
    const outcomes = [await began, await followed];
    assertEquals(outcomes.filter((outcome) => typeof outcome === "string"), []);
    assertEquals(await run.statuses(), { run: "stopped", work: "completed", after: "stopped" });
  });
}

/** How many results a report took, or its error. */
function accepted(outcome: string | { accepted: number }): string | number {
  return typeof outcome === "string" ? outcome : outcome.accepted;
}

/** A run whose action was not answered in time. */
async function startTimedOut(stack: TestStack): Promise<SteeredRun> {
  const run = await startRun(stack, WORK);
  await report(run.first, waiting(run.attempt("work"), { kind: "callback", timeout: "0 seconds" }));
  await call(run.first, "workflow_action_log_cron");
  return run;
}

Deno.test("a report waits for a stop of the item that it would let run, and passes it over", async () => {
  await using stack = await openStack();
  await using run = await startOneByOne(stack);
  await run.first.sql`begin`;
  await call(run.first, "workflow_stop", { action_id: run.next });
  const ended = report(run.second, completed(run.one));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals((await ended).accepted, 1);
  assertEquals(await run.statuses(), {
    ...{ run: "running", work: "completed", "work[0]": "completed", "work[1]": "stopped" },
    after: "not_started",
  });
});

Deno.test("a report lets an item run whose stop rolls back", async () => {
  await using stack = await openStack();
  await using run = await startOneByOne(stack);
  await run.first.sql`begin`;
  await call(run.first, "workflow_stop", { action_id: run.next });
  const ended = report(run.second, completed(run.one));
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertEquals((await ended).accepted, 1);
  assertEquals((await run.claim()).map(({ id }) => id), [run.next]);
});

Deno.test("a stop of an item waits for the report that lets it run", async () => {
  await using stack = await openStack();
  await using run = await startOneByOne(stack);
  await run.first.sql`begin`;
  await report(run.first, completed(run.one));
  const stopped = call(run.second, "workflow_stop", { action_id: run.next });
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await stopped, { stopped: 1 });
  assertEquals((await run.statuses())["work[1]"], "stopped");
});

Deno.test("a stop of an item and the report that lets it run get by each other", async () => {
  await using stack = await openStack();
  await using run = await startOneByOne(stack);
  await using owner = await openSession(stack);
  await owner.sql`begin`;
  await owner.sql`select from workflow_engine.fan_out f where f.run_id = ${run.id} for update`;
  const ended = report(run.first, completed(run.one));
  await run.first.untilBlocked();
  const stopped = call(run.second, "workflow_stop", { action_id: run.next });
  await run.second.untilBlocked();
  await owner.sql`commit`;
  assertEquals([(await ended).accepted, await stopped], [1, { stopped: 1 }]);
  assertEquals((await run.statuses())["work[1]"], "stopped");
});

Deno.test("a stop of a run waits for the stop of an item that awaits its turn", async () => {
  await using stack = await openStack();
  await using run = await startOneByOne(stack);
  await run.first.sql`begin`;
  await call(run.first, "workflow_stop", { action_id: run.next });
  const stopped = stopRun(run.second, run);
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await stopped, { stopped: 1 });
  assertEquals((await run.statuses()).run, "stopped");
});

function answerLate(session: Session, run: SteeredRun) {
  const { id, attempt } = run.attempt("work");
  const result = { status: "completed", output: "late" };
  return call(session, "workflow_answer", { action_id: id, attempt, result });
}

/** A run of a fan-out over two items, the first of which is being executed, and the next not yet. */
async function startOneByOne(stack: TestStack) {
  const run = await startRun(
    stack,
    { ...WORK, for_each: "$.event.items", max_concurrency: 1 },
    AFTER,
  );
  const [next] = await stack.db`
    select l.id from public.workflow_action_logs l where l.run_id = ${run.id} and l.item_index = 1`;
  return Object.assign(run, { one: run.attempt("work"), next: String(next?.id) });
}

/** A run of a fan-out over two items, both of which are being executed. */
async function startFanOut(stack: TestStack) {
  const run = await startRun(stack, { ...WORK, for_each: "$.event.items" }, AFTER);
  const [one, two] = run.attempts("work");
  if (one === undefined || two === undefined) throw new Error("Cannot claim both items");
  const [fanOut] = await stack.db`
    select l.id from public.workflow_action_logs l
    where l.run_id = ${run.id} and l.waits_for = 'items'`;
  return Object.assign(run, { one, two, fanOut: String(fanOut?.id) });
}
