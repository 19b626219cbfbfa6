import { assertEquals, assertMatch } from "@std/assert";
import { z } from "zod";
import { createTable } from "../attached_table.ts";
import {
  call,
  claim,
  outcomeOf,
  refusalOf,
  report,
  reportAndClaim,
  waiting,
} from "../engine_calls.ts";
import { insertRows } from "../insert_rows.ts";
import { letTimePass, pauseEngineInFile } from "../quiet.ts";
import { openSession, type Session } from "../session.ts";
import { openStack, type TestStack } from "../stack.ts";
import { startRun, type SteeredRun } from "../steered_run.ts";
import { uniqueName } from "../unique_name.ts";
import { createWorkflow } from "../workflow.ts";

pauseEngineInFile();

const eventOutput = z.discriminatedUnion("timed_out", [
  z.object({ timed_out: z.literal(true), event: z.null() }),
  z.object({ timed_out: z.literal(false), event: z.object({ name: z.string() }) }),
]);

const ENDED_BY_ANSWER = { run: "completed", ask: "completed" };
const STOPPED = { run: "stopped", ask: "stopped" };
const TIMED_OUT = { run: "failed", ask: "failed" };

/** A run that asks somebody who answers later, whose attempt has begun. */
function startAsking(stack: TestStack): Promise<SteeredRun> {
  return startRun(stack, { name: "ask", action_type: "log" });
}

/** The same, after its attempt has reported that it waits; its timeout is an hour later. */
async function startAwaiting(stack: TestStack): Promise<SteeredRun> {
  const run = await startAsking(stack);
  const wait = waiting(run.attempt("ask"), { kind: "callback", timeout: "1 hour" });
  await report(run.first, wait);
  return run;
}

/** A run that waits for an event of that name, whose attempt has begun. */
function startListening(stack: TestStack, event: string): Promise<SteeredRun> {
  return startRun(stack, { name: "ask", action_type: "wait_for_event", payload: { event } });
}

/** The same with two actions side by side. */
function startTwoListening(stack: TestStack, event: string): Promise<SteeredRun> {
  const action = { action_type: "wait_for_event", payload: { event } };
  return startRun(stack, { ...action, name: "ask" }, { ...action, name: "other" });
}

function answer(session: Session, run: SteeredRun, output: string) {
  const { id, attempt } = run.attempt("ask");
  return call(session, "workflow_answer", {
    action_id: id,
    attempt,
    result: { status: "completed", output },
  });
}

function tick(session: Session) {
  return call(session, "workflow_action_log_cron");
}

function waitForEvent(
  session: Session,
  run: SteeredRun,
  event: string,
  timeout = "1 hour",
  action = "ask",
) {
  return reportAndClaim(session, waiting(run.attempt(action), { kind: "event", event, timeout }));
}

/** Waits for an event, which has not come when everybody has looked. */
async function listen(run: SteeredRun, event: string): Promise<void> {
  await waitForEvent(run.first, run, event);
  await tick(run.first);
}

/** The name of the event that came. */
async function eventOf(run: SteeredRun): Promise<string> {
  const output = eventOutput.parse(await run.output("ask"));
  return output.timed_out ? "none in time" : output.event.name;
}

Deno.test("a timeout passes by an answer under way, which counts", async () => {
  await using stack = await openStack();
  await using run = await startAwaiting(stack);
  await run.first.sql`begin`;
  await answer(run.first, run, "in time");
  await letTimePass(stack, "61 minutes");
  await tick(run.second);
  await run.first.sql`commit`;
  await tick(run.second);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
  assertEquals([await run.output("ask"), await run.history()], ["in time", []]);
});

Deno.test("an answer that rolls back leaves the timeout to the next tick", async () => {
  await using stack = await openStack();
  await using run = await startAwaiting(stack);
  await run.first.sql`begin`;
  await answer(run.first, run, "in vain");
  await letTimePass(stack, "61 minutes");
  await tick(run.second);
  await run.first.sql`rollback`;
  assertEquals(await run.statuses(), { run: "running", ask: "waiting" });
  await tick(run.second);
  assertEquals(await run.statuses(), TIMED_OUT);
  assertEquals(await run.history(), ["attempt_failed"]);
});

Deno.test("an answer waits for a timeout under way, and is refused", async () => {
  await using stack = await openStack();
  await using run = await startAwaiting(stack);
  await letTimePass(stack, "61 minutes");
  await run.first.sql`begin`;
  await tick(run.first);
  const late = refusalOf(answer(run.second, run, "too late"));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await late, /^PT409 Cannot answer action log .*: it is failed$/);
  assertEquals(await run.statuses(), TIMED_OUT);
  assertEquals(await run.history(), ["attempt_failed"]);
});

Deno.test("an answer waits for a timeout that rolls back, and is refused all the same", async () => {
  await using stack = await openStack();
  await using run = await startAwaiting(stack);
  await letTimePass(stack, "61 minutes");
  await run.first.sql`begin`;
  await tick(run.first);
  const late = refusalOf(answer(run.second, run, "too late"));
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertMatch(await late, /^PT409 Cannot answer action log .*: its timeout has passed$/);
  assertEquals(await run.statuses(), { run: "running", ask: "waiting" });
});

Deno.test("two that begin at once to wait for an event that no definition names both get it", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await using other = await startAsking(stack);
  const event = uniqueName("chosen");
  await run.first.sql`begin`;
  await waitForEvent(run.first, run, event);
  const registered = waitForEvent(run.second, other, event);
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  await registered;
  await call(run.first, "workflow_emit", { event });
  await tick(run.first);
  assertEquals([await eventOf(run), await eventOf(other)], [event, event]);
});

Deno.test("one that begins to wait for it when the other's wait rolls back gets it", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await using other = await startAsking(stack);
  const event = uniqueName("chosen");
  await run.first.sql`begin`;
  await waitForEvent(run.first, run, event);
  const registered = waitForEvent(run.second, other, event);
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  await registered;
  await call(run.first, "workflow_emit", { event });
  await tick(run.first);
  assertEquals(await eventOf(other), event);
});

Deno.test("an event is found by what two that begin at once to wait both look for", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await using other = await startListening(stack, event);
  const waitForOrder = (session: Session, { attempt }: SteeredRun, order_id: number) =>
    report(
      session,
      waiting(attempt("ask"), { kind: "event", event, match: { kind: "paid", order_id } }),
    );
  await run.first.sql`begin`;
  await waitForOrder(run.first, run, 1);
  const registered = waitForOrder(other.first, other, 2);
  await other.first.untilBlocked();
  await run.first.sql`commit`;
  await registered;
  await tick(run.first);
  for (const order_id of [1, 2]) {
    await call(run.first, "workflow_emit", { event, payload: { kind: "paid", order_id } });
  }
  await tick(run.first);
  assertEquals([await eventOf(run), await eventOf(other)], [event, event]);
});

Deno.test("an answer that waits until after the timeout is refused", async () => {
  await using stack = await openStack();
  await using run = await startAwaiting(stack);
  await run.first.sql`begin`;
  await answer(run.first, run, "in vain");
  const late = refusalOf(answer(run.second, run, "too late"));
  await run.second.untilBlocked();
  await letTimePass(stack, "61 minutes");
  await run.first.sql`rollback`;
  assertMatch(await late, /^PT409 Cannot answer action log .*: its timeout has passed$/);
});

Deno.test("of two answers at once the first counts and the second is refused", async () => {
  await using stack = await openStack();
  await using run = await startAwaiting(stack);
  await run.first.sql`begin`;
  await answer(run.first, run, "first");
  const other = refusalOf(answer(run.second, run, "second"));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await other, /^PT409 Cannot answer action log .*: it is completed$/);
  assertEquals([await run.output("ask"), await run.history()], ["first", []]);
});

Deno.test("of two answers at once the second counts when the first rolls back", async () => {
  await using stack = await openStack();
  await using run = await startAwaiting(stack);
  await run.first.sql`begin`;
  await answer(run.first, run, "first");
  const other = answer(run.second, run, "second");
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertEquals(await other, { status: "completed" });
  assertEquals([await run.output("ask"), await run.history()], ["second", []]);
});

Deno.test("an answer that overtakes the report of its attempt counts, and the report is stale", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  const { id } = run.attempt("ask");
  await run.first.sql`begin`;
  await answer(run.first, run, "quick");
  const accepted = report(run.second, waiting(run.attempt("ask"), { kind: "callback" }));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals((await accepted).stale, [id]);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
  assertEquals([await run.output("ask"), await run.history()], ["quick", []]);
});

Deno.test("a report waits for an answer that rolls back, and then for another", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await run.first.sql`begin`;
  await answer(run.first, run, "in vain");
  const accepted = report(run.second, waiting(run.attempt("ask"), { kind: "callback" }));
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertEquals((await accepted).accepted, 1);
  assertEquals(await run.statuses(), { run: "running", ask: "waiting" });
  await answer(run.second, run, "again");
  assertEquals(await run.output("ask"), "again");
});

Deno.test("an answer waits for the report of its attempt, and counts", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await run.first.sql`begin`;
  await report(run.first, waiting(run.attempt("ask"), { kind: "callback" }));
  const answered = answer(run.second, run, "quick");
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await answered, { status: "completed" });
  assertEquals([await run.output("ask"), await run.history()], ["quick", []]);
});

Deno.test("an answer to an attempt whose report rolls back counts", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await run.first.sql`begin`;
  await report(run.first, waiting(run.attempt("ask"), { kind: "callback" }));
  const answered = answer(run.second, run, "quick");
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertEquals(await answered, { status: "completed" });
  const { stale } = await report(run.first, waiting(run.attempt("ask"), { kind: "callback" }));
  assertEquals([stale.length, await run.output("ask")], [1, "quick"]);
});

Deno.test("an event is not lost that everybody has looked at before its wait commits", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await run.first.sql`begin`;
  await waitForEvent(run.first, run, event);
  await call(run.second, "workflow_emit", { event });
  await tick(run.second);
  assertEquals(await run.statuses(), { run: "running", ask: "processing" });
  await run.first.sql`commit`;
  await tick(run.second);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
});

Deno.test("an event is not lost that commits after everybody has looked at its wait", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await run.second.sql`begin`;
  await call(run.second, "workflow_emit", { event });
  await waitForEvent(run.first, run, event);
  await tick(run.first);
  assertEquals(await run.statuses(), { run: "running", ask: "waiting" });
  await run.second.sql`commit`;
  await tick(run.first);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
});

Deno.test("an event that rolls back answers nobody", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await run.second.sql`begin`;
  await call(run.second, "workflow_emit", { event });
  await waitForEvent(run.first, run, event);
  await run.second.sql`rollback`;
  await tick(run.first);
  assertEquals(await run.statuses(), { run: "running", ask: "waiting" });
});

Deno.test("an event is not lost that is expanded while its wait is registered", async () => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  await using run = await startListening(stack, table.inserted);
  await insertRows(stack, table);
  await run.first.sql`begin`;
  await waitForEvent(run.first, run, table.inserted);
  await run.second.sql`begin`;
  await tick(run.second);
  await run.first.sql`commit`;
  await run.second.sql`commit`;
  await tick(run.second);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
});

Deno.test("an event is not lost whose wait is registered while it is expanded", async () => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  await using run = await startListening(stack, table.inserted);
  await insertRows(stack, table);
  await run.second.sql`begin`;
  await tick(run.second);
  await waitForEvent(run.first, run, table.inserted);
  await run.second.sql`commit`;
  await tick(run.second);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
});

Deno.test("an event is not lost whose wait is registered by a report that claims other work", async () => {
  await using stack = await openStack();
  const [event, trigger] = [uniqueName("order.paid"), uniqueName("other")];
  await using run = await startListening(stack, event);
  await using _other = await createWorkflow(stack, {
    trigger,
    actions: [{ action_type: "log" }],
  });
  await call(run.second, "workflow_emit", { event: trigger });
  await run.first.sql`begin`;
  const { claims } = await waitForEvent(run.first, run, event);
  assertEquals(claims.length, 1);
  await call(run.second, "workflow_emit", { event });
  await tick(run.second);
  await run.first.sql`commit`;
  await tick(run.second);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
});

Deno.test("an event is not lost whose wait everybody has looked at while it is expanded", async () => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  await using run = await startListening(stack, table.inserted);
  await insertRows(stack, table);
  await run.second.sql`begin`;
  await tick(run.second);
  await waitForEvent(run.first, run, table.inserted);
  await claim(run.first);
  await run.second.sql`commit`;
  await tick(run.second);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
});

Deno.test("a signal is not lost that is sent while its wait is registered", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await run.first.sql`begin`;
  await waitForEvent(run.first, run, event);
  await call(run.second, "workflow_signal", { run_id: run.id, name: event });
  await claim(run.second);
  await run.first.sql`commit`;
  await claim(run.second);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
  assertEquals(await run.history(), ["signaled"]);
});

Deno.test("a timeout passes by an event that is being matched, which counts", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await listen(run, event);
  await call(run.first, "workflow_emit", { event });
  await letTimePass(stack, "2 hours");
  await run.first.sql`begin`;
  await claim(run.first);
  await tick(run.second);
  await run.first.sql`commit`;
  await tick(run.second);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
  assertEquals(await eventOf(run), event);
});

Deno.test("an event whose match rolls back still comes before the timeout", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await listen(run, event);
  await call(run.first, "workflow_emit", { event });
  await letTimePass(stack, "2 hours");
  await run.first.sql`begin`;
  await claim(run.first);
  await tick(run.second);
  await run.first.sql`rollback`;
  assertEquals(await run.statuses(), { run: "running", ask: "waiting" });
  await tick(run.second);
  assertEquals(await eventOf(run), event);
});

Deno.test("an event that commits after the timeout was written changes nothing", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await listen(run, event);
  await run.second.sql`begin`;
  await call(run.second, "workflow_emit", { event });
  await letTimePass(stack, "2 hours");
  await tick(run.first);
  await run.second.sql`commit`;
  await tick(run.first);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
  assertEquals(await eventOf(run), "none in time");
});

Deno.test("an event that a timeout under way keeps from its wait counts when that rolls back", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await listen(run, event);
  await run.second.sql`begin`;
  await call(run.second, "workflow_emit", { event });
  await letTimePass(stack, "2 hours");
  await run.first.sql`begin`;
  await tick(run.first);
  await run.second.sql`commit`;
  await claim(run.second);
  await run.first.sql`rollback`;
  await tick(run.second);
  assertEquals(await eventOf(run), event);
});

Deno.test("a timeout passes by a signal that is being matched, which counts", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await listen(run, event);
  await call(run.first, "workflow_signal", { run_id: run.id, name: event });
  await letTimePass(stack, "2 hours");
  await run.first.sql`begin`;
  await claim(run.first);
  await tick(run.second);
  await run.first.sql`commit`;
  await tick(run.second);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
  assertEquals(await eventOf(run), event);
  assertEquals(await run.history(), ["signaled"]);
});

Deno.test("a signal that commits after the timeout was written changes nothing", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await listen(run, event);
  await run.second.sql`begin`;
  await call(run.second, "workflow_signal", { run_id: run.id, name: event });
  await letTimePass(stack, "2 hours");
  await tick(run.first);
  await run.second.sql`commit`;
  await tick(run.first);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
  assertEquals(await eventOf(run), "none in time");
  assertEquals(await run.history(), ["signaled"]);
});

Deno.test("a signal waits for no timeout under way, and counts when that rolls back", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await listen(run, event);
  await run.second.sql`begin`;
  await call(run.second, "workflow_signal", { run_id: run.id, name: event });
  await letTimePass(stack, "2 hours");
  await run.first.sql`begin`;
  await tick(run.first);
  await run.second.sql`commit`;
  await claim(run.second);
  await run.first.sql`rollback`;
  assertEquals(await run.statuses(), { run: "running", ask: "waiting" });
  await tick(run.second);
  assertEquals(await eventOf(run), event);
});

Deno.test("a timeout waits for an event that is being expanded", async () => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  await using run = await startListening(stack, table.inserted);
  await using engine = await openSession(stack);
  await listen(run, table.inserted);
  await insertRows(stack, table);
  await letTimePass(stack, "2 hours");
  await engine.sql`begin`;
  await engine.sql`select workflow_engine.expand_events()`;
  await tick(run.first);
  assertEquals(await run.statuses(), { run: "running", ask: "waiting" });
  await engine.sql`commit`;
  await tick(run.first);
  assertEquals(await eventOf(run), table.inserted);
});

Deno.test("a timeout waits for an event that somebody kept from its wait", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await using engine = await openSession(stack);
  await listen(run, event);
  await call(run.first, "workflow_emit", { event });
  await letTimePass(stack, "2 hours");
  await run.first.sql`begin`;
  await run.first
    .sql`select from public.workflow_action_logs l where l.run_id = ${run.id} for update`;
  await engine.sql`select workflow_engine.match_events(workflow_engine.clock())`;
  await run.first.sql`rollback`;
  await engine.sql`select workflow_engine.settle_overdue(workflow_engine.clock())`;
  assertEquals(await run.statuses(), { run: "running", ask: "waiting" });
  await tick(engine);
  assertEquals(await eventOf(run), event);
});

Deno.test("a timeout waits for a signal that somebody kept from its wait", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await using engine = await openSession(stack);
  await listen(run, event);
  await call(run.first, "workflow_signal", { run_id: run.id, name: event });
  await letTimePass(stack, "2 hours");
  await run.first.sql`begin`;
  await run.first
    .sql`select from public.workflow_action_logs l where l.run_id = ${run.id} for update`;
  await engine.sql`select workflow_engine.match_events(workflow_engine.clock())`;
  await run.first.sql`rollback`;
  await engine.sql`select workflow_engine.settle_overdue(workflow_engine.clock())`;
  assertEquals(await run.statuses(), { run: "running", ask: "waiting" });
  await tick(engine);
  assertEquals(await eventOf(run), event);
});

Deno.test("an event that two actions of a run wait for answers one, and fails no report", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startTwoListening(stack, event);
  await listen(run, event);
  await call(run.first, "workflow_emit", { event });
  await run.first.sql`begin`;
  await claim(run.first);
  const { accepted } = await waitForEvent(run.second, run, event, "1 hour", "other");
  await run.first.sql`commit`;
  assertEquals(accepted, 1);
  await tick(run.second);
  assertEquals(await run.statuses(), { run: "running", ask: "completed", other: "waiting" });
  await call(run.first, "workflow_emit", { event });
  await tick(run.second);
  assertEquals(await run.statuses(), { run: "completed", ask: "completed", other: "completed" });
});

Deno.test("an event that is taken while another action of the run looks for it fails no report", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startTwoListening(stack, event);
  await using engine = await openSession(stack);
  await listen(run, event);
  await call(run.first, "workflow_emit", { event });
  await run.first.sql`begin`;
  await claim(run.first);
  const held = engine.sql.begin((sql) => sql`lock table workflow_engine.awaited_event`);
  await engine.untilBlocked();
  const looking = outcomeOf(waitForEvent(run.second, run, event, "1 hour", "other"));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  await held;
  assertEquals(typeof await looking, "object");
  await tick(run.second);
  assertEquals(await run.statuses(), { run: "running", ask: "completed", other: "waiting" });
  await call(run.first, "workflow_emit", { event });
  await tick(run.second);
  assertEquals(await run.statuses(), { run: "completed", ask: "completed", other: "completed" });
});

Deno.test("an event whose match with one of two actions rolls back still answers one", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startTwoListening(stack, event);
  await listen(run, event);
  await call(run.first, "workflow_emit", { event });
  await run.first.sql`begin`;
  await claim(run.first);
  const { accepted } = await waitForEvent(run.second, run, event, "1 hour", "other");
  await run.first.sql`rollback`;
  assertEquals(accepted, 1);
  await tick(run.second);
  const { ask, other } = await run.statuses();
  assertEquals([ask, other].sort(), ["completed", "waiting"]);
});

Deno.test("of two that match an event at once one answers, and nobody waits", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await listen(run, event);
  await call(run.first, "workflow_emit", { event });
  await run.first.sql`begin`;
  await claim(run.first);
  await claim(run.second);
  await run.first.sql`commit`;
  await claim(run.second);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
});

Deno.test("an event passes by a stop under way, and stays without effect", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await listen(run, event);
  await call(run.first, "workflow_emit", { event });
  await run.first.sql`begin`;
  await call(run.first, "workflow_stop", { run_id: run.id });
  await claim(run.second);
  await run.first.sql`commit`;
  await tick(run.second);
  assertEquals(await run.statuses(), STOPPED);
  assertEquals(await run.history(), ["attempt_stopped", "stopped"]);
});

Deno.test("an event that a stop kept from its wait counts when that rolls back", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await listen(run, event);
  await call(run.first, "workflow_emit", { event });
  await run.first.sql`begin`;
  await call(run.first, "workflow_stop", { run_id: run.id });
  await claim(run.second);
  await run.first.sql`rollback`;
  await claim(run.second);
  assertEquals(await run.statuses(), ENDED_BY_ANSWER);
  assertEquals(await run.history(), []);
});

Deno.test("a stop waits for an event that is being matched, and is refused", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await listen(run, event);
  await call(run.first, "workflow_emit", { event });
  await run.first.sql`begin`;
  await claim(run.first);
  const stopped = refusalOf(call(run.second, "workflow_stop", { run_id: run.id }));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await stopped, /^PT409 Cannot stop run .*: it is completed$/);
  assertEquals(await run.history(), []);
});

Deno.test("a signal during a stop waits for nobody and stays without effect", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await listen(run, event);
  await run.first.sql`begin`;
  await call(run.first, "workflow_stop", { run_id: run.id });
  await call(run.second, "workflow_signal", { run_id: run.id, name: event });
  await run.first.sql`commit`;
  await tick(run.second);
  assertEquals(await run.statuses(), STOPPED);
  const late = call(run.second, "workflow_signal", { run_id: run.id, name: event });
  assertMatch(await refusalOf(late), /^PT409 Cannot signal run .*: it is stopped$/);
});

Deno.test("a stop during a signal waits for nobody and counts", async () => {
  await using stack = await openStack();
  const event = uniqueName("order.paid");
  await using run = await startListening(stack, event);
  await listen(run, event);
  await run.first.sql`begin`;
  await call(run.first, "workflow_signal", { run_id: run.id, name: event });
  await call(run.second, "workflow_stop", { run_id: run.id });
  await run.first.sql`commit`;
  await tick(run.second);
  assertEquals(await run.statuses(), STOPPED);
  assertEquals(await run.history(), ["signaled", "attempt_stopped", "stopped"]);
});
