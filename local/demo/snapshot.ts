import { z } from "zod";
import type { Database } from "../postgres/database.ts";

const condition = z.object({
  expression: z.string(),
  result: z.boolean().nullable(),
  values: z.record(z.string(), z.string().nullable()),
});

const actionLog = z.object({
  name: z.string(),
  order: z.int(),
  status: z.enum([
    "not_started",
    "processing",
    "waiting",
    "completed",
    "failed",
    "skipped",
    "stopped",
  ]),
  final: z.boolean(),
  attempt: z.int(),
  created_at: z.date(),
  execute_at: z.date(),
  started_at: z.date().nullable(),
  completed_at: z.date().nullable(),
  error: z.string().nullable(),
  reason: z.enum(["condition", "choice", "dependency", "not_needed"]).nullable(),
  condition: condition.nullable(),
});

const failedAttempt = z.object({
  name: z.string(),
  attempt: z.int(),
  started_at: z.date(),
  recorded_at: z.date(),
  error: z.string(),
});

const run = z.object({
  id: z.string(),
  status: z.enum(["running", "paused", "completed", "failed", "stopped"]),
  event: z.string(),
  occurred_at: z.date(),
  starts_at: z.date(),
  completed_at: z.date().nullable(),
});

/** A condition as an action asked it, with the values that it saw as JSON. */
export type Condition = z.infer<typeof condition>;

/** One execution of an action, as it is now. */
export type ActionLog = z.infer<typeof actionLog>;

/** An attempt that failed, as the audit trail keeps it. */
export type FailedAttempt = z.infer<typeof failedAttempt>;

/** A run as it is now; all times are the engine's. */
export interface Snapshot {
  readonly now: Date;
  readonly run: z.infer<typeof run>;
  readonly logs: readonly ActionLog[];
  readonly failures: readonly FailedAttempt[];
}

/** Reads the run that a record's event started; null while there is none. */
export async function readSnapshot(db: Database, recordKey: string): Promise<Snapshot | null> {
  return await db.begin("isolation level repeatable read", async (transaction) => {
    const [row] = await transaction`
      select r.id, r.status, e.name as event, e.occurred_at, r.starts_at, r.completed_at,
        workflow_engine.clock() as now
      from public.workflow_run r
      join public.workflow_event e on e.id = r.event_id
      join public.workflow w on w.id = r.workflow_id
      where r.related_table = 'public.profiles' and r.related_table_pkey = ${recordKey}
        and w.name = 'onboarding'
      order by r.id
      limit 1`;
    if (row === undefined) return null;
    const logs = await transaction`
      select a.name, a."order", l.status, l.final, l.attempt, l.created_at, l.execute_at,
        l.started_at, l.completed_at, l.error, l.reason, l.meta -> 'condition' as condition
      from public.workflow_action_logs l
      join workflow_engine.action_version a
        on a.workflow_id = l.workflow_id and a.version = l.workflow_version
        and a.workflow_action_id = l.workflow_action_id
      where l.run_id = ${row.id}
      order by a."order", l.id`;
    const failures = await transaction`
      select h.action as name, h.attempt, h.started_at, h.recorded_at, h.error
      from public.workflow_history h
      where h.run_id = ${row.id} and h.kind = 'attempt_failed' and h.attempt is not null
      order by h.id`;
    return {
      now: z.date().parse(row.now),
      run: run.parse(row),
      logs: z.array(actionLog).parse(Array.from(logs)),
      failures: z.array(failedAttempt).parse(Array.from(failures)),
    };
  });
}

/** Whether an action log will change by itself. */
export function isUnfinished({ status, final }: ActionLog): boolean {
  return ["not_started", "processing", "waiting"].includes(status) ||
    (status === "failed" && !final);
}

/** When the next action is due: null while one is due already or at work, and when none is left. */
export function nextJourney({ logs, now }: Snapshot): Date | null {
  const unfinished = logs.filter(isUnfinished);
  const isPlanned = ({ status, execute_at }: ActionLog) =>
    status === "not_started" && execute_at > now;
  if (unfinished.length === 0 || !unfinished.every(isPlanned)) return null;
  return new Date(Math.min(...unfinished.map(({ execute_at }) => execute_at.getTime())));
}
