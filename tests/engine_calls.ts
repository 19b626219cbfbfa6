import { claimAnswer } from "../supabase/functions/_shared/contract/claim.ts";
import { reportAnswer } from "../supabase/functions/_shared/contract/report.ts";
import type { Session } from "./session.ts";

/** What a worker says of one attempt. */
export interface Result {
  readonly id: string;
  readonly attempt: number;
  readonly status: "completed" | "failed" | "waiting" | "released";
  readonly output?: unknown;
  readonly error?: string;
  readonly final?: boolean;
}

/** Claims as a worker does, but in a session, whose transaction may stay open. */
export async function claim({ sql }: Session, maxActions = 100) {
  const [row] = await sql`
    select public.workflow_claim('test worker', ${maxActions}::int, 0) as answer`;
  return claimAnswer.parse(row?.answer);
}

/** Reports as a worker does. */
export async function report({ sql }: Session, ...results: readonly Result[]) {
  const [row] = await sql`
    select public.workflow_report('test worker', ${sql.json(JSON.parse(JSON.stringify(results)))})
      as answer`;
  return reportAnswer.parse(row?.answer);
}

/** The result of an attempt that did its work. */
export function completed({ id, attempt }: { id: string; attempt: number }): Result {
  return { id, attempt, status: "completed", output: { ok: true } };
}
