import { z } from "zod";
import { type ClaimAnswer, claimAnswer } from "../_shared/contract/claim.ts";
import {
  type AttemptKey,
  type AttemptResult,
  type ReportAnswer,
  reportAnswer,
} from "../_shared/contract/report.ts";
import type { Call } from "../_shared/data_api.ts";

/** What a worker says to the engine about the attempts it has. */
export interface Report {
  readonly results: readonly AttemptResult[];
  readonly running: readonly AttemptKey[];
  /** Attempts to claim in the same call; 0 claims nothing. */
  readonly maxActions: number;
  /** Milliseconds that the engine may wait inside for something to claim; at most 5000. */
  readonly waitMs: number;
}

/** The two remote procedures that work goes through. Both throw `EngineError`. */
export interface Engine {
  claim(maxActions: number, waitMs: number): Promise<ClaimAnswer>;
  report(report: Report): Promise<ReportAnswer>;
}

/** Why a call to the engine failed, as far as the worker acts on it. */
export type EngineErrorKind = "timeout" | "refused" | "other";

/** A call to the engine failed. */
export class EngineError extends Error {
  override readonly name = "EngineError";

  constructor(
    message: string,
    /** `refused` says that the engine cannot store what was sent. */
    readonly kind: EngineErrorKind,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The engine behind a way of calling its procedures. */
export function createEngine(call: Call, workerId: string): Engine {
  const ask = async <Answer>(
    name: string,
    parameters: Record<string, unknown>,
    answer: z.ZodType<Answer>,
  ): Promise<Answer> => {
    const { data, error, status } = await call(name, { worker_id: workerId, ...parameters });
    if (error !== null) {
      throw new EngineError(
        `Cannot call "${name}": ${error.message || `status ${status}`}`,
        kindOf(error, status),
      );
    }
    const parsed = answer.safeParse(data);
    if (parsed.success) return parsed.data;
    throw new EngineError(
      `Cannot read the answer of "${name}": ${z.prettifyError(parsed.error)}`,
      "other",
    );
  };
  return {
    claim: (maxActions, waitMs) =>
      ask("workflow_claim", { max_actions: maxActions, wait_ms: waitMs }, claimAnswer),
    report: ({ results, running, maxActions, waitMs }) =>
      ask(
        "workflow_report",
        { results, running, max_actions: maxActions, wait_ms: waitMs },
        reportAnswer,
      ),
  };
}

function kindOf(error: { code?: string; message: string }, status: number): EngineErrorKind {
  const code = error.code ?? "";
  if (code === "57014" || status === 504 || /timed out|timeout|abort/i.test(error.message)) {
    return "timeout";
  }
  return /^(22|54)/.test(code) ? "refused" : "other";
}
