import { assertEquals, assertMatch } from "@std/assert";
import { call, claim, completed, outcomeOf, refusalOf, report } from "../engine_calls.ts";
import { letTimePass, pauseEngineInFile } from "../quiet.ts";
import { openSession, type Session } from "../session.ts";
import { openStack, type TestStack } from "../stack.ts";
import { startRun, type SteeredRun } from "../steered_run.ts";
import { uniqueName } from "../unique_name.ts";

pauseEngineInFile();

const AFTER = { name: "after", action_type: "log", order: 2 };

/** What can be paused of a run whose second action is due, and nothing else in the database is. */
const TARGETS = {
  run: (run: SteeredRun) => ({ run_id: run.id }),
  workflow: (run: SteeredRun) => ({ workflow_id: run.workflow.id }),
  "action type": (_: SteeredRun, actionType: string) => ({ action_type: actionType }),
};

/** A run of one action that is being executed, and one that follows. */
function startTwo(stack: TestStack): Promise<SteeredRun> {
  return startRun(stack, { name: "work", action_type: "log" }, AFTER);
}

/** A run whose second action is due. */
async function startDue(stack: TestStack, target: keyof typeof TARGETS) {
  const action_type = uniqueName("type");
  const run = await startRun(stack, { name: "work", action_type: "log" }, {
    ...AFTER,
    action_type,
  });
  await report(run.first, completed(run.attempt("work")));
  const args = TARGETS[target](run, action_type);
  return Object.assign(run, {
    pause: (session: Session) => call(session, "workflow_pause", args),
    resume: (session: Session) => call(session, "workflow_resume", args),
  });
}

for (const target of ["run", "workflow", "action type"] as const) {
  Deno.test(`a claim does not wait for a pause of its ${target}, and begins before it`, async () => {
    await using stack = await openStack();
    await using run = await startDue(stack, target);
    await run.second.sql`begin`;
    await run.pause(run.second);
    assertEquals((await run.claim()).map(({ name }) => name), ["after"]);
    await run.second.sql`commit`;
    assertEquals((await report(run.first, completed(run.attempt("after")))).accepted, 1);
    await run.resume(run.second);
    assertEquals(await run.statuses(), { run: "completed", work: "completed", after: "completed" });
  });

  Deno.test(`a pause of the ${target} does not wait for a claim, whose attempt ends`, async () => {
    await using stack = await openStack();
    await using run = await startDue(stack, target);
    await run.first.sql`begin`;
    assertEquals((await run.claim()).map(({ name }) => name), ["after"]);
    await run.pause(run.second);
    await run.first.sql`commit`;
    assertEquals((await report(run.first, completed(run.attempt("after")))).accepted, 1);
    await run.resume(run.second);
    assertEquals(await run.statuses(), { run: "completed", work: "completed", after: "completed" });
  });

  Deno.test(`a claim passes by what a resume of its ${target} lets go, and the next takes it`, async () => {
    await using stack = await openStack();
    await using run = await startDue(stack, target);
    await run.pause(run.first);
    await run.first.sql`begin`;
    await run.resume(run.first);
    assertEquals((await claim(run.second)).claims, []);
    await run.first.sql`commit`;
    assertEquals((await run.claim()).map(({ name }) => name), ["after"]);
  });

  Deno.test(`a claim holds what is paused after a resume of its ${target} that rolls back`, async () => {
    await using stack = await openStack();
    await using run = await startDue(stack, target);
    await run.pause(run.first);
    await run.first.sql`begin`;
    await run.resume(run.first);
    assertEquals((await claim(run.second)).claims, []);
    await run.first.sql`rollback`;
    assertEquals((await claim(run.second)).claims, []);
    await run.resume(run.first);
    assertEquals((await run.claim()).map(({ name }) => name), ["after"]);
  });

  Deno.test(`a resume of the ${target} waits for a claim that holds, and lets go of that`, async () => {
    await using stack = await openStack();
    await using run = await startDue(stack, target);
    await run.pause(run.first);
    await run.first.sql`begin`;
    assertEquals(await run.claim(), []);
    const resumed = run.resume(run.second);
    await run.second.untilBlocked();
    await run.first.sql`commit`;
    assertEquals(await resumed, { status: "running" });
    assertEquals((await run.claim()).map(({ name }) => name), ["after"]);
  });

  Deno.test(`of two pauses of one ${target} at once the second is refused`, async () => {
    await using stack = await openStack();
    await using run = await startDue(stack, target);
    await run.first.sql`begin`;
    await run.pause(run.first);
    const other = refusalOf(run.pause(run.second));
    await run.second.untilBlocked();
    await run.first.sql`commit`;
    assertMatch(await other, /^PT409 Cannot pause .*: it is paused/);
    await run.resume(run.first);
    assertEquals((await run.claim()).map(({ name }) => name), ["after"]);
  });

  Deno.test(`of two resumes of one ${target} at once the second is refused`, async () => {
    await using stack = await openStack();
    await using run = await startDue(stack, target);
    await run.pause(run.first);
    await claim(run.first);
    await run.first.sql`begin`;
    await run.resume(run.first);
    const other = refusalOf(run.resume(run.second));
    await run.second.untilBlocked();
    await run.first.sql`commit`;
    assertMatch(await other, /^PT409 Cannot resume .*: it is (running|not paused)$/);
    assertEquals((await run.claim()).map(({ name }) => name), ["after"]);
  });
}

Deno.test("a report waits for a pause of its run, which goes on when resumed", async () => {
  await using stack = await openStack();
  await using run = await startTwo(stack);
  await run.first.sql`begin`;
  await call(run.first, "workflow_pause", { run_id: run.id });
  const reported = report(run.second, completed(run.attempt("work")));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals((await reported).accepted, 1);
  assertEquals(await run.statuses(), { run: "paused", work: "completed" });
  await call(run.first, "workflow_resume", { run_id: run.id });
  assertEquals(await run.statuses(), { run: "running", work: "completed", after: "not_started" });
  assertEquals(await run.history(), ["paused", "resumed"]);
});

Deno.test("a pause waits for a report, and holds what follows from it", async () => {
  await using stack = await openStack();
  await using run = await startTwo(stack);
  await run.first.sql`begin`;
  await report(run.first, completed(run.attempt("work")));
  const paused = call(run.second, "workflow_pause", { run_id: run.id });
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await paused, { status: "paused" });
  assertEquals(await run.claim(), []);
  assertEquals(await run.statuses(), { run: "paused", work: "completed", after: "not_started" });
});

Deno.test("a pause waits for a report that ends the run, and is refused", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, { name: "work", action_type: "log" });
  await run.first.sql`begin`;
  await report(run.first, completed(run.attempt("work")));
  const paused = refusalOf(call(run.second, "workflow_pause", { run_id: run.id }));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await paused, /^PT409 Cannot pause run .*: it is completed$/);
  assertEquals([await run.statuses(), await run.history()], [{
    run: "completed",
    work: "completed",
  }, []]);
});

Deno.test("a report that ends its run waits for a resume, and does end it", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, { name: "work", action_type: "log" });
  await call(run.first, "workflow_pause", { run_id: run.id });
  await run.first.sql`begin`;
  await call(run.first, "workflow_resume", { run_id: run.id });
  const reported = report(run.second, completed(run.attempt("work")));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals((await reported).accepted, 1);
  assertEquals(await run.statuses(), { run: "completed", work: "completed" });
});

Deno.test("a resume waits for a report that ends its run, and ends it", async () => {
  await using stack = await openStack();
  await using run = await startRun(stack, { name: "work", action_type: "log" });
  await call(run.first, "workflow_pause", { run_id: run.id });
  await run.first.sql`begin`;
  await report(run.first, completed(run.attempt("work")));
  const resumed = call(run.second, "workflow_resume", { run_id: run.id });
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  await resumed;
  assertEquals(await run.statuses(), { run: "completed", work: "completed" });
});

Deno.test("a resume waits for a stop, and is refused", async () => {
  await using stack = await openStack();
  await using run = await startDue(stack, "run");
  await run.pause(run.first);
  await claim(run.first);
  await run.first.sql`begin`;
  await call(run.first, "workflow_stop", { run_id: run.id });
  const resumed = refusalOf(run.resume(run.second));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await resumed, /^PT409 Cannot resume run .*: it is stopped$/);
  assertEquals(await run.statuses(), { run: "stopped", work: "completed", after: "stopped" });
  assertEquals(await run.history(), ["paused", "stopped"]);
});

Deno.test("a stop waits for a resume, and stops what that let go", async () => {
  await using stack = await openStack();
  await using run = await startDue(stack, "run");
  await run.pause(run.first);
  await claim(run.first);
  await run.first.sql`begin`;
  await run.resume(run.first);
  const stopped = call(run.second, "workflow_stop", { run_id: run.id });
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await stopped, { stopped: 1 });
  assertEquals(await run.statuses(), { run: "stopped", work: "completed", after: "stopped" });
  assertEquals(await run.history(), ["paused", "resumed", "stopped"]);
});

Deno.test("a resume and a stop that wait for the same run get by each other", async () => {
  await using stack = await openStack();
  await using run = await startDue(stack, "run");
  await using third = await openSession(stack);
  await run.pause(run.first);
  await claim(run.first);
  await third.sql`begin`;
  await third.sql`select from public.workflow_run r where r.id = ${run.id} for update`;
  const resumed = outcomeOf(run.resume(run.first));
  await run.first.untilBlocked();
  const stopped = outcomeOf(call(run.second, "workflow_stop", { run_id: run.id }));
  await run.second.untilBlocked();
  await third.sql`commit`;
  assertEquals([await resumed, await stopped], [{ status: "running" }, { stopped: 1 }]);
  assertEquals(await run.statuses(), { run: "stopped", work: "completed", after: "stopped" });
});

Deno.test("a resume of a workflow passes by a stop, and what that leaves is let go later", async () => {
  await using stack = await openStack();
  await using run = await startDue(stack, "workflow");
  await run.pause(run.first);
  await claim(run.first);
  await run.first.sql`begin`;
  await call(run.first, "workflow_stop", { run_id: run.id });
  await run.resume(run.second);
  await tick(run.second);
  await run.first.sql`rollback`;
  await tick(run.second);
  assertEquals((await run.claim()).map(({ name }) => name), ["after"]);
});

Deno.test("a stop waits for a resume of its workflow, and stops what that let go", async () => {
  await using stack = await openStack();
  await using run = await startDue(stack, "workflow");
  await run.pause(run.first);
  await claim(run.first);
  await run.first.sql`begin`;
  await run.resume(run.first);
  const stopped = call(run.second, "workflow_stop", { run_id: run.id });
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals(await stopped, { stopped: 1 });
  assertEquals(await run.statuses(), { run: "stopped", work: "completed", after: "stopped" });
});

function tick(session: Session) {
  return call(session, "workflow_action_log_cron");
}

Deno.test("a claim passes by what it would skip in a run that is being paused", async () => {
  await using stack = await openStack();
  await using run = await startRun(
    stack,
    { name: "work", action_type: "log", delay: "1 hour" },
    { name: "never", action_type: "log", delay: "1 hour", condition: "1 == 2" },
  );
  await letTimePass(stack, "2 hours");
  await run.first.sql`begin`;
  await call(run.first, "workflow_pause", { run_id: run.id });
  await claim(run.second);
  await run.first.sql`commit`;
  assertEquals((await run.statuses()).run, "paused");
});
