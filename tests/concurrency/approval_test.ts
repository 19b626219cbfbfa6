import { assertEquals, assertMatch } from "@std/assert";
import { call, outcomeOf, refusalOf, report, waiting } from "../engine_calls.ts";
import { letTimePass, pauseEngineInFile } from "../quiet.ts";
import { openSession, type Session } from "../session.ts";
import { openStack, type TestStack } from "../stack.ts";
import { startRun, type SteeredRun } from "../steered_run.ts";

pauseEngineInFile();

const TOKENS = ["ann", "bob"];
const ENDED = { run: "completed", ask: "completed" };

/** A run whose approval is pending; it expires after two hours and is reminded of after one. */
async function startAsking(stack: TestStack, remindAfter?: string) {
  const run = await startRun(stack, { name: "ask", action_type: "approval", payload: question() });
  await ask(run.first, run, remindAfter);
  const [row] = await stack.db`
    select a.id from public.workflow_approval a where a.run_id = ${run.id}`;
  const approval_id = String(row?.id);
  return Object.assign(run, {
    /** Decides in a session, in the name of somebody. */
    decide: (session: Session, verb: "approve" | "reject", actor: string) =>
      call(session, `workflow_${verb}`, { approval_id, actor }),
    /** What became of the approval, and of what it says in the action's output. */
    decision: async () => {
      const [row] = await stack.db`
        select a.status, a.decided_by, l.output ->> 'decision' as decision,
          l.output ->> 'decided_by' as answered_by
        from public.workflow_approval a
        join public.workflow_action_logs l on l.id = a.action_log_id
        where a.id = ${approval_id}`;
      return Object.values(row ?? {});
    },
  });
}

function question() {
  return { message: "May we?" };
}

/** Reports the attempt that asks, or that has reminded. */
async function ask(session: Session, run: SteeredRun, remindAfter?: string) {
  return await report(
    session,
    waiting(run.attempt("ask"), {
      kind: "approval",
      ...question(),
      expires_in: "2 hours",
      ...(remindAfter === undefined ? {} : { remind_after: remindAfter }),
      tokens: await Promise.all(TOKENS.map(async (token) => ({
        recipient: `${token}@people.example`,
        hash: await hashOf(`${run.id} ${token}`),
      }))),
    }),
  );
}

async function hashOf(token: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return new Uint8Array(hash).toHex();
}

function decideByLink(session: Session, run: SteeredRun, token: string, decision: string) {
  return call(session, "workflow_decide", { token: `${run.id} ${token}`, decision });
}

function tick(session: Session) {
  return call(session, "workflow_action_log_cron");
}

Deno.test("a rejection waits for an approval under way, and is refused", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await run.first.sql`begin`;
  await run.decide(run.first, "approve", "Ann");
  const other = refusalOf(run.decide(run.second, "reject", "Bob"));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await other, /^PT409 Cannot decide approval .*: it is approved by Ann$/);
  assertEquals(await run.statuses(), ENDED);
  assertEquals(await run.decision(), ["approved", "Ann", "approved", "Ann"]);
  assertEquals(await run.history(), ["approved"]);
});

Deno.test("an approval waits for a rejection under way, and is refused", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await run.first.sql`begin`;
  await run.decide(run.first, "reject", "Bob");
  const other = refusalOf(run.decide(run.second, "approve", "Ann"));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await other, /^PT409 Cannot decide approval .*: it is rejected by Bob$/);
  assertEquals(await run.statuses(), ENDED);
  assertEquals(await run.decision(), ["rejected", "Bob", "rejected", "Bob"]);
  assertEquals(await run.history(), ["rejected"]);
});

Deno.test("a rejection counts when the approval before it rolls back", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await run.first.sql`begin`;
  await run.decide(run.first, "approve", "Ann");
  const other = run.decide(run.second, "reject", "Bob");
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertEquals((await other).status, "rejected");
  assertEquals(await run.decision(), ["rejected", "Bob", "rejected", "Bob"]);
  assertEquals(await run.history(), ["rejected"]);
});

Deno.test("of two links used at once the first decides and the second is dead", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await run.first.sql`begin`;
  await decideByLink(run.first, run, "ann", "approved");
  const other = refusalOf(decideByLink(run.second, run, "bob", "rejected"));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  const ann = "ann@people.example";
  assertEquals(
    (await other).replace(/approval \S+:/, "it:"),
    `PT409 Cannot decide it: it is approved by ${ann}`,
  );
  assertEquals(await run.decision(), ["approved", ann, "approved", ann]);
  assertEquals(await run.history(), ["approved"]);
});

Deno.test("an approval under way is passed by when it expires, and counts", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await run.first.sql`begin`;
  await run.decide(run.first, "approve", "Ann");
  await letTimePass(stack, "3 hours");
  await tick(run.second);
  await run.first.sql`commit`;
  await tick(run.second);
  assertEquals(await run.decision(), ["approved", "Ann", "approved", "Ann"]);
  assertEquals(await run.history(), ["approved"]);
});

Deno.test("an approval that rolls back leaves its expiry to the next tick", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await run.first.sql`begin`;
  await run.decide(run.first, "approve", "Ann");
  await letTimePass(stack, "3 hours");
  await tick(run.second);
  await run.first.sql`rollback`;
  await tick(run.second);
  assertEquals(await run.decision(), ["expired", null, "expired", null]);
  assertEquals(await run.history(), ["expired"]);
});

Deno.test("an approval waits for its expiry under way, and is refused", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await letTimePass(stack, "3 hours");
  await run.first.sql`begin`;
  await tick(run.first);
  const late = refusalOf(run.decide(run.second, "approve", "Ann"));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await late, /^PT409 Cannot decide approval .*: it is expired$/);
  assertEquals(await run.decision(), ["expired", null, "expired", null]);
  assertEquals([await run.statuses(), await run.history()], [ENDED, ["expired"]]);
});

Deno.test("an approval waits for a stop under way, and is refused", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await run.first.sql`begin`;
  await call(run.first, "workflow_stop", { run_id: run.id });
  const late = refusalOf(run.decide(run.second, "approve", "Ann"));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await late, /^PT409 Cannot decide approval .*: it is stopped$/);
  assertEquals(await run.decision(), ["stopped", null, null, null]);
  assertEquals(await run.history(), ["attempt_stopped", "stopped"]);
});

Deno.test("a stop waits for an approval under way, and is refused when that ends the run", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await run.first.sql`begin`;
  await run.decide(run.first, "approve", "Ann");
  const late = refusalOf(call(run.second, "workflow_stop", { run_id: run.id }));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await late, /^PT409 Cannot stop run .*: it is completed$/);
  assertEquals(await run.decision(), ["approved", "Ann", "approved", "Ann"]);
  assertEquals(await run.history(), ["approved"]);
});

Deno.test("a stop and an approval that wait for the same run get by each other", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await using third = await openSession(stack);
  await third.sql`begin`;
  await third.sql`select from public.workflow_run r where r.id = ${run.id} for update`;
  const stopped = outcomeOf(call(run.first, "workflow_stop", { run_id: run.id }));
  await run.first.untilBlocked();
  const late = refusalOf(run.decide(run.second, "approve", "Ann"));
  await run.second.untilBlocked();
  await third.sql`commit`;
  assertEquals(await stopped, { stopped: 1 });
  assertMatch(await late, /^PT409 Cannot decide approval .*: it is stopped$/);
  assertEquals(await run.decision(), ["stopped", null, null, null]);
});

Deno.test("an approval counts when the stop before it rolls back", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await run.first.sql`begin`;
  await call(run.first, "workflow_stop", { run_id: run.id });
  const late = run.decide(run.second, "approve", "Ann");
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertEquals((await late).status, "approved");
  assertEquals([await run.statuses(), await run.history()], [ENDED, ["approved"]]);
});

Deno.test("an approval under way is not reminded of", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack, "1 hour");
  await run.first.sql`begin`;
  await run.decide(run.first, "approve", "Ann");
  await letTimePass(stack, "61 minutes");
  await tick(run.second);
  await run.first.sql`commit`;
  assertEquals(await run.claim(), []);
  assertEquals(await run.decision(), ["approved", "Ann", "approved", "Ann"]);
});

Deno.test("an approval waits for its reminder to become due, and leaves nothing to remind of", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack, "1 hour");
  await letTimePass(stack, "61 minutes");
  await run.first.sql`begin`;
  await tick(run.first);
  const decided = run.decide(run.second, "approve", "Ann");
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals((await decided).status, "approved");
  assertEquals(await run.claim(), []);
  assertEquals(await run.decision(), ["approved", "Ann", "approved", "Ann"]);
  assertEquals([await run.statuses(), await run.history()], [ENDED, ["reminded", "approved"]]);
});

Deno.test("the report of a reminder waits for an approval under way, and is stale", async () => {
  await using stack = await openStack();
  await using run = await startReminding(stack);
  await run.first.sql`begin`;
  await run.decide(run.first, "approve", "Ann");
  const reported = ask(run.second, run, "1 hour");
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals((await reported).stale, [run.attempt("ask").id]);
  assertEquals(await run.decision(), ["approved", "Ann", "approved", "Ann"]);
  assertEquals([await run.statuses(), await run.history()], [ENDED, ["reminded", "approved"]]);
});

Deno.test("an approval waits for the report of a reminder, and is the answer", async () => {
  await using stack = await openStack();
  await using run = await startReminding(stack);
  await run.first.sql`begin`;
  await ask(run.first, run, "1 hour");
  const decided = run.decide(run.second, "approve", "Ann");
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertEquals((await decided).status, "approved");
  assertEquals(await run.decision(), ["approved", "Ann", "approved", "Ann"]);
  assertEquals([await run.statuses(), await run.history()], [ENDED, ["reminded", "approved"]]);
});

Deno.test("a reminder whose report finds the approval rolled back goes on waiting", async () => {
  await using stack = await openStack();
  await using run = await startReminding(stack);
  await run.first.sql`begin`;
  await run.decide(run.first, "approve", "Ann");
  const reported = ask(run.second, run, "1 hour");
  await run.second.untilBlocked();
  await run.first.sql`rollback`;
  assertEquals((await reported).accepted, 1);
  assertEquals(await run.decision(), ["pending", null, null, null]);
  assertEquals(await run.statuses(), { run: "running", ask: "waiting" });
});

Deno.test("a decision at the moment of the expiry is refused, and nobody is reminded", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await run.first.sql`begin`;
  await settleAtExpiry(run);
  const late = refusalOf(run.decide(run.second, "approve", "Ann"));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await late, /^PT409 Cannot decide approval .*: it is expired$/);
  assertEquals(await run.claim(), []);
  assertEquals(await run.decision(), ["expired", null, "expired", null]);
});

Deno.test("the moment of the expiry passes by an approval under way, which counts", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack);
  await run.first.sql`begin`;
  await run.decide(run.first, "approve", "Ann");
  await settleAtExpiry(run, run.second);
  await run.first.sql`commit`;
  await settleAtExpiry(run, run.second);
  assertEquals(await run.decision(), ["approved", "Ann", "approved", "Ann"]);
});

Deno.test("a reminder that is due expires by the tick alone, and an approval waits for that", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack, "1 hour");
  await letTimePass(stack, "61 minutes");
  await tick(run.first);
  await letTimePass(stack, "1 hour");
  await run.first.sql`begin`;
  await tick(run.first);
  const late = refusalOf(run.decide(run.second, "approve", "Ann"));
  await run.second.untilBlocked();
  await run.first.sql`commit`;
  assertMatch(await late, /^PT409 Cannot decide approval .*: it is expired$/);
  assertEquals([await run.statuses(), await run.history()], [ENDED, ["reminded", "expired"]]);
});

Deno.test("a reminder that is due passes by an approval under way when it expires", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack, "1 hour");
  await letTimePass(stack, "61 minutes");
  await tick(run.first);
  await run.first.sql`begin`;
  await run.decide(run.first, "approve", "Ann");
  await letTimePass(stack, "1 hour");
  await tick(run.second);
  await run.first.sql`commit`;
  await tick(run.second);
  assertEquals(await run.decision(), ["approved", "Ann", "approved", "Ann"]);
  assertEquals(await run.claim(), []);
});

Deno.test("the report of a reminder waits for nothing when the expiry has passed, which then counts", async () => {
  await using stack = await openStack();
  await using run = await startReminding(stack);
  await letTimePass(stack, "1 hour");
  await run.first.sql`begin`;
  await ask(run.first, run, "1 hour");
  await tick(run.second);
  await run.first.sql`commit`;
  await tick(run.second);
  assertEquals(await run.decision(), ["expired", null, "expired", null]);
  assertEquals(await run.claim(), []);
});

Deno.test("nobody is reminded of what has expired while somebody holds its run", async () => {
  await using stack = await openStack();
  await using run = await startAsking(stack, "1 hour");
  await letTimePass(stack, "61 minutes");
  await tick(run.second);
  await letTimePass(stack, "1 hour");
  await using holder = await openSession(stack);
  await holder.sql`begin`;
  await holder.sql`select from public.workflow_run r where r.id = ${run.id} for update`;
  assertEquals(await run.claim(), []);
  await holder.sql`commit`;
  await tick(run.second);
  assertEquals(await run.decision(), ["expired", null, "expired", null]);
});

/** Ends what is overdue at the very moment of the expiry, as the owner of the engine. */
async function settleAtExpiry(run: SteeredRun, { sql }: Session = run.first): Promise<void> {
  await sql`reset role`;
  await sql`
    select workflow_engine.settle_overdue(a.expires_at)
    from public.workflow_approval a where a.run_id = ${run.id}`;
  await sql`set role service_role`;
}

/** A run whose pending approval is being reminded of. */
async function startReminding(stack: TestStack) {
  const run = await startAsking(stack, "1 hour");
  await letTimePass(stack, "61 minutes");
  await run.claim();
  return run;
}
