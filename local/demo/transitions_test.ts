import { assertEquals } from "@std/assert";
import type { ActionLog, FailedAttempt, Snapshot } from "./snapshot.ts";
import { transitionsOf } from "./transitions.ts";

const begin = Date.parse("2026-11-23T15:00:00.000Z");
const at = (ms: number) => new Date(begin + ms);

function log(changes: Partial<ActionLog>): ActionLog {
  return {
    name: "welcome_email",
    order: 1,
    status: "not_started",
    final: false,
    attempt: 0,
    created_at: at(10),
    execute_at: at(10),
    started_at: null,
    completed_at: null,
    error: null,
    reason: null,
    condition: null,
    ...changes,
  };
}

function snapshot(logs: ActionLog[], failures: FailedAttempt[] = []): Snapshot {
  return {
    now: at(60_000),
    run: {
      id: "run",
      status: "running",
      event: "public.profiles.insert",
      occurred_at: at(0),
      starts_at: at(0),
      completed_at: null,
    },
    logs,
    failures,
  };
}

/** What is told of the actions: kind, attempt, took, note. */
function told(...state: Parameters<typeof snapshot>) {
  return transitionsOf(snapshot(...state)).slice(1)
    .map(({ kind, attempt, tookMs, note }) => [kind, attempt, tookMs, note]);
}

const failure: FailedAttempt = {
  name: "welcome_email",
  attempt: 1,
  started_at: at(20),
  recorded_at: at(50),
  error: "answered 503",
};

Deno.test("a run begins by its event", () => {
  const [first] = transitionsOf(snapshot([]));
  assertEquals(first?.kind, "run started");
  assertEquals(first?.note, "by public.profiles.insert");
});

Deno.test("an action that is due at once is no news until it starts", () => {
  assertEquals(told([log({})]), []);
});

Deno.test("an action with a delay is planned", () => {
  assertEquals(told([log({ execute_at: at(3_600_010) })]), [
    ["planned", null, null, "for 16:00:00.010, in 1 h"],
  ]);
});

Deno.test("a first attempt starts and completes", () => {
  const done = log({
    status: "completed",
    attempt: 1,
    started_at: at(20),
    completed_at: at(71),
  });
  assertEquals(told([done]), [["started", 1, null, ""], ["completed", 1, 51, ""]]);
});

Deno.test("a failed attempt is told with its error, then when it is tried again", () => {
  const waiting = log({ attempt: 1, started_at: at(20), execute_at: at(127_050) });
  assertEquals(told([waiting], [failure]), [
    ["started", 1, null, ""],
    ["failed", 1, 30, "answered 503"],
    ["will retry", 2, null, "in 2 min 7 s"],
  ]);
});

Deno.test("the attempt after a failure is told beside it", () => {
  const retrying = log({ status: "processing", attempt: 2, started_at: at(127_100) });
  assertEquals(told([retrying], [failure]), [
    ["started", 1, null, ""],
    ["failed", 1, 30, "answered 503"],
    ["started", 2, null, ""],
  ]);
});

Deno.test("an action without tries left gives up", () => {
  const lost = log({
    status: "failed",
    final: true,
    attempt: 1,
    started_at: at(20),
    completed_at: at(45),
    error: "answered 503",
  });
  assertEquals(told([lost], [failure]).map(([kind]) => kind), ["started", "failed", "gave up"]);
});

Deno.test("an action that fails without an attempt tells its error", () => {
  const lost = log({ status: "failed", final: true, completed_at: at(50), error: "No such data" });
  assertEquals(told([lost]), [["gave up", null, null, "No such data"]]);
});

Deno.test("an action that its condition skipped says what it asked and saw", () => {
  const condition = {
    expression: '($."record"."full_name" == null)',
    result: false,
    values: { '$."record"."full_name"': '"Grace Hopper"' },
  };
  const skipped = log({
    status: "skipped",
    completed_at: at(80),
    reason: "condition",
    condition,
  });
  const note = '$.record.full_name == null is not true; $.record.full_name is "Grace Hopper"';
  assertEquals(told([skipped]), [["skipped", null, null, note]]);
});

const reasons = [
  ["skipped", "choice", "a choice took another branch"],
  ["skipped", "dependency", "what it depends on did not end as it asks"],
  ["skipped", "not_needed", "a join had enough without it"],
  ["stopped", "not_needed", "a join had enough without it"],
  ["stopped", null, ""],
] as const;

for (const [status, reason, note] of reasons) {
  Deno.test(`an action that is ${status} for ${reason ?? "no reason"} tells "${note}"`, () => {
    const ended = log({ status, reason, completed_at: at(80) });
    assertEquals(told([ended]), [[status, null, null, note]]);
  });
}

Deno.test("a transition has the same key in each snapshot that shows it", () => {
  const before = snapshot([log({ status: "processing", attempt: 1, started_at: at(20) })]);
  const after = snapshot([
    log({ status: "completed", attempt: 1, started_at: at(20), completed_at: at(71) }),
  ]);
  const keys = transitionsOf(after).map(({ key }) => key);
  for (const { key } of transitionsOf(before)) assertEquals(keys.includes(key), true, key);
  assertEquals(new Set(keys).size, keys.length);
});

Deno.test("transitions come in the order of the engine's time", () => {
  const times = transitionsOf(snapshot([
    log({ status: "completed", attempt: 1, started_at: at(90), completed_at: at(95) }),
    log({ name: "done", status: "processing", attempt: 1, started_at: at(40) }),
  ])).map((transition) => transition.at.getTime());
  assertEquals(times, times.toSorted((one, other) => one - other));
});
