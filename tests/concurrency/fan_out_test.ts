import { assertEquals } from "@std/assert";
import {
  call,
  claim,
  claimAttempts,
  completed,
  failed,
  outcomeOf,
  report,
  waiting,
} from "../engine_calls.ts";
import { letTimePass, pauseEngineInFile } from "../quiet.ts";
import { openSession, type Session } from "../session.ts";
import { openStack, type TestStack } from "../stack.ts";
import { readStatuses, startRun } from "../steered_run.ts";
import { uniqueName } from "../unique_name.ts";
import { until } from "../until.ts";

pauseEngineInFile();

const EACH = { name: "each", action_type: "log", for_each: "$.event.items" };

/** A session that holds the fan-out of a run until it commits. */
async function holdFanOut(stack: TestStack, runId: string): Promise<Session> {
  const session = await openSession(stack);
  await session.sql`begin`;
  await session.sql`select from workflow_engine.fan_out f where f.run_id = ${runId} for update`;
  return session;
}

Deno.test("an item that is skipped and a failure that ends its fan-out get by each other", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, {
    name: "ask",
    action_type: "log",
    for_each: "$.event.items",
    condition: '$.item != "skip"',
  });
  await call(run.first, "workflow_emit", {
    event: run.trigger,
    payload: { items: ["fail", "skip"] },
  });
  const [fail] = await claimAttempts(run.first, 1);
  if (fail === undefined) throw new Error("Cannot claim the item");
  await using third = await holdFanOut(stack, fail.run_id);
  const ended = outcomeOf(report(run.first, failed(fail)));
  await run.first.untilBlocked();
  const skipped = outcomeOf(claim(run.second));
  await run.second.untilBlocked();
  await third.sql`commit`;
  assertEquals([await ended, await skipped].map(countOf), [1, 0]);
  assertEquals((await readStatuses(stack, fail.run_id)).run, "failed");
});

for (const kind of ["timeout", "event"]) {
  Deno.test(`the ${kind} of an item passes by a failure that ends its fan-out`, async () => {
    await using stack = await openStack();
    const event = uniqueName("order.paid");
    const action = { name: "ask", action_type: "wait_for_event", payload: { event } };
    await using run = await startRun(stack, { ...action, for_each: "$.event.items" });
    const [one, two] = run.attempts("ask");
    if (one === undefined || two === undefined) throw new Error("Cannot claim both items");
    await report(run.first, waiting(one, { kind: "event", event, timeout: "1 hour" }));
    await using third = await holdFanOut(stack, run.id);
    const ended = outcomeOf(report(run.first, failed(two)));
    await run.first.untilBlocked();
    if (kind === "event") await call(run.second, "workflow_emit", { event });
    else await letTimePass(stack, "2 hours");
    await call(run.second, "workflow_action_log_cron");
    await third.sql`commit`;
    assertEquals(countOf(await ended), 1);
    assertEquals((await readStatuses(stack, run.id)).run, "failed");
  });
}

Deno.test("a stop of a run gets by the report of an item that was let run while it waited", async () => {
  await using stack = await openStack();
  await using run = await startRun(
    stack,
    { name: "work", action_type: "log" },
    { name: "each", action_type: "log", for_each: "$.event.items", max_concurrency: 1 },
  );
  await run.claim();
  await call(run.first, "workflow_emit", { event: run.trigger, payload: { items: [] } });
  const later = (await claimAttempts(run.first)).find(({ name }) => name === "work");
  if (later === undefined) throw new Error("Cannot claim the later action");
  await using worker = await openSession(stack, "service_role");
  await using one = await openSession(stack);
  await using two = await openSession(stack);
  await one.sql`begin`;
  await lockLog(one, run.attempt("work").id);
  const stopped = outcomeOf(call(run.second, "workflow_stop", { run_id: run.id }));
  await run.second.untilBlocked();
  await report(run.first, completed(run.attempt("each")));
  await run.claim();
  await two.sql`begin`;
  await lockLog(two, later.id);
  const reported = outcomeOf(report(worker, completed(run.attempt("each")), completed(later)));
  await worker.untilBlocked();
  await one.sql`commit`;
  await run.second.untilBlocked();
  await two.sql`commit`;
  assertEquals([countOf(await reported), await stopped], [2, { stopped: 1 }]);
  assertEquals((await run.statuses()).run, "stopped");
});

Deno.test("a report that ends a fan-out and an older run's action gets by a pause of both", async () => {
  await using stack = await openStack();
  await using older = await startRun(stack, { name: "work", action_type: "log" });
  await using newer = await startRun(stack, EACH, { name: "after", action_type: "log", order: 2 });
  const [first, last] = newer.attempts("each");
  if (first === undefined || last === undefined) throw new Error("Cannot claim both items");
  await report(newer.first, completed(first));
  await using third = await openSession(stack);
  await third.sql`begin`;
  await third.sql`select from public.workflow_run r where r.id = ${older.id} for update`;
  const filter = { status: "running", created_after: "2000-01-01" };
  const args = { operation: "pause", filter, dry_run: false };
  const paused = outcomeOf(call(older.second, "workflow_bulk", args));
  await older.second.untilBlocked();
  const work = older.attempt("work");
  const reported = outcomeOf(report(newer.first, completed(work), completed(last)));
  await newer.first.untilBlocked();
  await third.sql`commit`;
  assertEquals(countOf(await reported), 2);
  assertEquals((await newer.statuses()).each, "completed");
  assertEquals(typeof await paused, "object");
});

Deno.test("a join that has enough gets by a failure that ends the fan-out it does not need", async () => {
  await using stack = await openStack();
  await using run = await startRun(
    stack,
    { name: "quick", action_type: "log" },
    { name: "each", action_type: "log", for_each: "$.event.items", max_concurrency: 2 },
    { name: "after", action_type: "log", order: 2, join_count: 1 },
  );
  await call(run.first, "workflow_emit", { event: run.trigger, payload: { items: [1, 2, 3] } });
  const attempts = [...await claimAttempts(run.first), ...await claimAttempts(run.first)]
    .filter(({ run_id }) => run_id !== run.id);
  const [quick, bad] = ["quick", "each"].map((name) => attempts.find((each) => each.name === name));
  if (quick === undefined || bad === undefined) throw new Error("Cannot claim both actions");
  await using third = await openSession(stack);
  await third.sql`begin`;
  await third.sql`
    select from public.workflow_action_logs l
    where l.run_id = ${bad.run_id} and l.item_index = 2
    for update`;
  const ended = outcomeOf(report(run.first, failed(bad)));
  await run.first.untilBlocked();
  assertEquals(countOf(await outcomeOf(report(run.second, completed(quick)))), 1);
  await third.sql`commit`;
  assertEquals(countOf(await ended), 1);
  assertEquals(await readStatuses(stack, bad.run_id), {
    ...{ run: "running", quick: "completed", each: "stopped", after: "not_started" },
    ...{ "each[0]": "failed", "each[1]": "stopped", "each[2]": "stopped" },
  });
});

for (const first of ["wait", "failure"]) {
  Deno.test(`an item that begins to wait as its fan-out fails is stopped, the ${first} first`, async () => {
    await using stack = await openStack();
    await using run = await startRun(stack, EACH);
    const [one, two] = run.attempts("each");
    if (one === undefined || two === undefined) throw new Error("Cannot claim both items");
    const ways = {
      wait: () => report(run.second, waiting(two, { kind: "callback" })),
      failure: () => report(run.first, failed(one)),
    };
    await run.first.sql`begin`;
    await run.second.sql`begin`;
    await lockLog(run.second, two.id);
    const [holder, waiter] = first === "wait" ? [run.second, run.first] : [run.first, run.second];
    await (first === "wait" ? ways.wait() : ways.failure());
    const later = first === "wait" ? ways.failure() : ways.wait();
    await waiter.untilBlocked();
    await holder.sql`commit`;
    assertEquals((await later).accepted, 1);
    await waiter.sql`commit`;
    assertEquals(await run.statuses(), {
      ...{ run: "failed", each: "failed", "each[0]": "failed", "each[1]": "stopped" },
    });
  });
}

Deno.test("an item that an answer sends back as its fan-out fails is stopped", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, EACH);
  const [one, two] = run.attempts("each");
  if (one === undefined || two === undefined) throw new Error("Cannot claim both items");
  await report(run.second, waiting(two, { kind: "callback" }));
  await run.second.sql`begin`;
  await call(run.second, "workflow_answer", {
    action_id: two.id,
    attempt: two.attempt,
    result: { status: "retry", error: "Not yet" },
  });
  const ended = report(run.first, failed(one));
  await run.first.untilBlocked();
  await run.second.sql`commit`;
  assertEquals((await ended).accepted, 1);
  assertEquals(await run.statuses(), {
    ...{ run: "failed", each: "failed", "each[0]": "failed", "each[1]": "stopped" },
  });
});

Deno.test("a claim passes by a fan-out of which an item ends, and repeats it later", async () => {
  await using stack = await openStack();
  await using run = await startRun(
    stack,
    { name: "before", action_type: "log" },
    { ...EACH, order: 2, run_if: "always" },
  );
  await report(run.first, failed(run.attempt("before")));
  await run.claim();
  const [one, two] = run.attempts("each");
  if (one === undefined || two === undefined) throw new Error("Cannot claim both items");
  await run.second.sql`begin`;
  await lockLog(run.second, two.id);
  await report(run.first, failed(one));
  await run.second.sql`commit`;
  await call(run.first, "workflow_retry", { run_id: run.id });
  await run.claim();
  await report(run.first, completed(run.attempt("before")));
  await run.second.sql`begin`;
  await report(run.second, completed(two));
  assertEquals(await run.claim(), []);
  await run.second.sql`commit`;
  await letTimePass(stack, "5 seconds");
  assertEquals((await run.claim()).map(({ id }) => id), [one.id]);
  await report(run.first, completed(run.attempt("each")));
  assertEquals(await run.statuses(), {
    ...{ run: "completed", before: "completed", each: "completed" },
    ...{ "each[0]": "completed", "each[1]": "completed" },
  });
});

Deno.test("a retry and a stop of a fan-out's run get by each other", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, { ...EACH, max_concurrency: 1 });
  await report(run.first, failed(run.attempt("each")));
  await using third = await openSession(stack);
  await third.sql`begin`;
  await third.sql`select from public.workflow_run r where r.id = ${run.id} for update`;
  const retried = outcomeOf(call(run.first, "workflow_retry", { run_id: run.id }));
  await run.first.untilBlocked();
  const stopped = outcomeOf(call(run.second, "workflow_stop", { run_id: run.id }));
  await run.second.untilBlocked();
  await third.sql`commit`;
  assertEquals([await retried, await stopped], [{ status: "running" }, { stopped: 1 }]);
  assertEquals((await run.statuses()).run, "stopped");
});

Deno.test("a stop sleeps while somebody holds an item that awaits its turn", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, { ...EACH, max_concurrency: 1 });
  await run.second.sql`begin`;
  await run.second.sql`
    update public.workflow_action_logs l set meta = l.meta || '{"read": true}'
    where l.run_id = ${run.id} and l.item_index = 1`;
  const stopped = call(run.first, "workflow_stop", { run_id: run.id });
  await until("the stop to sleep", async () => {
    const [sleeping] = await stack.db`
      select from pg_stat_activity a
      where a.application_name = 'test session' and a.wait_event = 'PgSleep'`;
    return sleeping !== undefined;
  });
  await run.second.sql`commit`;
  assertEquals(await stopped, { stopped: 1 });
  assertEquals((await run.statuses())["each[1]"], "stopped");
});

Deno.test("a stop that begins anew lets a report go first that holds what was let run meanwhile", async () => {
  await using stack = await openStack();
  await using run = await startRun(
    stack,
    { ...EACH, max_concurrency: 1 },
    { ...EACH, name: "other" },
  );
  const [early, late] = run.attempts("other");
  if (early === undefined || late === undefined) throw new Error("Cannot claim both items");
  await using heartbeat = await openSession(stack);
  await heartbeat.sql`begin`;
  await lockLog(heartbeat, late.id);
  await using worker = await openSession(stack, "service_role");
  await worker.sql`begin`;
  await report(worker, completed(run.attempt("each")));
  const stopped = call(run.second, "workflow_stop", { run_id: run.id });
  await run.second.untilBlocked();
  await worker.sql`commit`;
  await run.claim();
  await run.second.untilBlocked();
  const reported = report(worker, completed(run.attempt("each")), completed(early));
  await worker.untilBlocked();
  await heartbeat.sql`commit`;
  assertEquals([(await reported).accepted, await stopped], [2, { stopped: 1 }]);
  assertEquals(await run.statuses(), {
    ...{ run: "stopped", each: "completed", "each[0]": "completed", "each[1]": "completed" },
    ...{ other: "stopped", "other[0]": "completed", "other[1]": "stopped" },
  });
});

async function lockLog({ sql }: Session, id: string): Promise<void> {
  await sql`select from public.workflow_action_logs l where l.id = ${id} for update`;
}

/** How many results a report took or attempts a claim began, or the error of either. */
function countOf(outcome: string | { accepted: number } | { claims: unknown[] }): string | number {
  if (typeof outcome === "string") return outcome;
  return "accepted" in outcome ? outcome.accepted : outcome.claims.length;
}
