import postgres from "postgres";
import { claimAnswer } from "../supabase/functions/_shared/contract/claim.ts";
import { type AttemptKey, reportAnswer } from "../supabase/functions/_shared/contract/report.ts";
import type { Wait } from "../supabase/functions/_shared/contract/wait.ts";
import type { Session } from "./session.ts";

/** What a worker says of one attempt. */
export interface Result extends AttemptKey {
  readonly status: "completed" | "failed" | "waiting" | "released";
  readonly output?: unknown;
  readonly error?: string;
  readonly final?: boolean;
  readonly timeout_ms?: number;
  readonly wait?: Wait;
}

/** An attempt that began, with the name of its action. */
export interface Attempt extends AttemptKey {
  readonly run_id: string;
  readonly name: string;
}

/** Claims as a worker does, but in a session, whose transaction may stay open. */
export async function claim({ sql }: Session, maxActions = 100) {
  const [row] = await sql`
    select public.workflow_claim('test worker', ${maxActions}::int, 0) as answer`;
  return claimAnswer.parse(row?.answer);
}

/** Claims all that is due, or so many of it. */
export async function claimAttempts(session: Session, maxActions?: number): Promise<Attempt[]> {
  const { actions, claims } = await claim(session, maxActions);
  return claims.map(({ id, attempt, run_id, action }) => ({
    id,
    attempt,
    run_id,
    name: actions[action]?.name ?? "",
  }));
}

/** Reports as a worker does. */
export async function report({ sql }: Session, ...results: readonly Result[]) {
  const [row] = await sql`
    select public.workflow_report('test worker', ${sql.json(JSON.parse(JSON.stringify(results)))})
      as answer`;
  return reportAnswer.parse(row?.answer);
}

/** Reports and claims more by one call, as a worker does that has room. */
export async function reportAndClaim(session: Session, ...results: readonly Result[]) {
  const args = { worker_id: "test worker", results, max_actions: 10 };
  return reportAnswer.parse(await call(session, "workflow_report", args));
}

/** The result of an attempt that did its work. */
export function completed({ id, attempt }: AttemptKey): Result {
  return { id, attempt, status: "completed", output: { ok: true } };
}

/** The result of an attempt that failed for good. */
export function failed({ id, attempt }: AttemptKey): Result {
  return { id, attempt, status: "failed", error: "It failed", final: true };
}

/** The result of an attempt that waits. */
export function waiting({ id, attempt }: AttemptKey, wait: Wait): Result {
  return { id, attempt, status: "waiting", wait };
}

/** Calls a function of the Data API in a session: arguments by name. */
export async function call(
  { sql }: Session,
  rpc: string,
  args: Record<string, string | number | boolean | object> = {},
): Promise<Record<string, unknown>> {
  const names = Object.keys(args).map((name, number) => `${name} => $${number + 1}`);
  const [row] = await sql.unsafe(
    `select public.${rpc}(${names.join(", ")}) as answer`,
    Object.values(args) as never[],
  );
  return row?.answer;
}

/** What a call ends in: its answer, or its error as `PT409 Cannot …`. */
export async function outcomeOf<Answer>(call: Promise<Answer>): Promise<Answer | string> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof postgres.PostgresError) return `${error.code} ${error.message}`;
    throw error;
  }
}

/** The error that a call ends in, as `PT409 Cannot …`. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  const outcome = await outcomeOf(call);
  return typeof outcome === "string" ? outcome : `No error, but ${JSON.stringify(outcome)}`;
}
