import { explainCondition } from "./explain_condition.ts";
import { formatClock, formatDuration } from "./format_time.ts";
import type { ActionLog, FailedAttempt, Snapshot } from "./snapshot.ts";

/** What may happen, in the order in which things of one instant are told. */
const KINDS = [
  "run started",
  "planned",
  "started",
  "failed",
  "will retry",
  "completed",
  "skipped",
  "gave up",
  "stopped",
  "run ended",
] as const;

/** Something that happened to a run or to one of its actions. */
export interface Transition {
  /** The same in every snapshot that shows it. */
  readonly key: string;
  readonly kind: typeof KINDS[number];
  /** The action, or the workflow for what happens to the run. */
  readonly subject: string;
  /** In the engine's time. */
  readonly at: Date;
  readonly attempt: number | null;
  readonly tookMs: number | null;
  readonly note: string;
}

type Told = Omit<Transition, "key" | "subject">;

/** A plan that is this far ahead is worth a line of its own. */
const WORTH_PLANNING_MS = 1000;

/** Everything that a snapshot shows to have happened, in order. */
export function transitionsOf(snapshot: Snapshot): Transition[] {
  const { logs, failures } = snapshot;
  const ofActions = logs.flatMap((log) => {
    const failed = failures.filter(({ name }) => name === log.name);
    return [...ofAttempts(failed), ...ofLog(log, failed)]
      .map((told) => withKey(log.name, told));
  });
  return [...ofRun(snapshot), ...ofActions].toSorted((one, other) =>
    one.at.getTime() - other.at.getTime() || KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind)
  );
}

function withKey(subject: string, told: Told): Transition {
  return { ...told, subject, key: `${subject} ${told.kind} ${told.attempt ?? ""}` };
}

function ofRun({ run }: Snapshot): Transition[] {
  const quiet = { attempt: null, tookMs: null };
  const begun: Told = {
    kind: "run started",
    at: run.starts_at,
    note: `by ${run.event}`,
    ...quiet,
  };
  if (run.completed_at === null) return [withKey("onboarding", begun)];
  const ended: Told = { kind: "run ended", at: run.completed_at, note: run.status, ...quiet };
  return [withKey("onboarding", begun), withKey("onboarding", ended)];
}

function ofAttempts(failures: readonly FailedAttempt[]): Told[] {
  return failures.flatMap(({ attempt, started_at, recorded_at, error }): Told[] => [
    { kind: "started", at: started_at, attempt, tookMs: null, note: "" },
    {
      kind: "failed",
      at: recorded_at,
      attempt,
      tookMs: recorded_at.getTime() - started_at.getTime(),
      note: error,
    },
  ]);
}

function ofLog(log: ActionLog, failures: readonly FailedAttempt[]): Told[] {
  const lastFailure = failures.at(-1);
  if (log.status === "not_started") {
    return lastFailure === undefined ? ofPlan(log) : [ofRetry(log, lastFailure)];
  }
  if (log.started_at === null) return ofEnd(log);
  if (lastFailure?.attempt === log.attempt) return ofDefeat(log, lastFailure);
  return [
    { kind: "started", at: log.started_at, attempt: log.attempt, tookMs: null, note: "" },
    ...ofEnd(log),
  ];
}

/** The error is told with the attempt; a report's moment is a little before its row's in the trail. */
function ofDefeat({ final }: ActionLog, { recorded_at: at }: FailedAttempt): Told[] {
  return final ? [{ kind: "gave up", at, attempt: null, tookMs: null, note: "" }] : [];
}

function ofPlan({ created_at: at, execute_at }: ActionLog): Told[] {
  const delayMs = execute_at.getTime() - at.getTime();
  if (delayMs < WORTH_PLANNING_MS) return [];
  const note = `for ${formatClock(execute_at)}, in ${formatDuration(delayMs)}`;
  return [{ kind: "planned", at, attempt: null, tookMs: null, note }];
}

function ofRetry({ execute_at }: ActionLog, { attempt, recorded_at: at }: FailedAttempt): Told {
  const note = `in ${formatDuration(execute_at.getTime() - at.getTime())}`;
  return { kind: "will retry", at, attempt: attempt + 1, tookMs: null, note };
}

function ofEnd(log: ActionLog): Told[] {
  const { status, attempt, started_at, completed_at: at } = log;
  if (at === null) return [];
  const untried = { at, attempt: null, tookMs: null };
  switch (status) {
    case "completed": {
      const tookMs = started_at === null ? null : at.getTime() - started_at.getTime();
      return [{ kind: "completed", at, attempt, tookMs, note: "" }];
    }
    case "skipped":
      return [{ kind: "skipped", note: reasonNote(log), ...untried }];
    case "failed":
      return log.final ? [{ kind: "gave up", note: log.error ?? "", ...untried }] : [];
    default:
      return [{ kind: "stopped", note: reasonNote(log), ...untried }];
  }
}

/** Why an action did not run, or did not end by itself; nothing of what a person stopped. */
function reasonNote({ reason, condition }: ActionLog): string {
  switch (reason) {
    case null:
      return "";
    case "condition":
      return condition === null ? "its condition is not true" : explainCondition(condition);
    case "choice":
      return "a choice took another branch";
    case "dependency":
      return "what it depends on did not end as it asks";
    case "not_needed":
      return "a join had enough without it";
  }
}
