import { z } from "zod";
import { claimAnswer } from "./claim.ts";
import { parsedJson } from "./json.ts";
import { wait } from "./wait.ts";

/** One attempt of one action log. */
export const attemptKey = z.object({ id: z.guid(), attempt: z.int().positive() });

/** The attempt did its work. Without an output the key is left out; a null output is an output. */
export const completedResult = attemptKey.extend({
  status: z.literal("completed"),
  output: parsedJson.optional(),
  http_status: z.int().optional(),
});

/** The attempt failed. `final` says that no retry mends it. */
export const failedResult = attemptKey.extend({
  status: z.literal("failed"),
  error: z.string(),
  final: z.boolean(),
  /** The earliest moment of the next attempt, as the other side asked; the backoff otherwise. */
  retry_after_ms: z.int().nonnegative().optional(),
  http_status: z.int().optional(),
});

/** The attempt handed its work on and waits: for an answer, a time, an event, a person or a run. */
export const waitingResult = attemptKey.extend({
  status: z.literal("waiting"),
  /** How long it waits, in milliseconds; counts before a timeout that `wait` names. */
  timeout_ms: z.int().nonnegative().optional(),
  /** A callback without it. */
  wait: wait.optional(),
  http_status: z.int().optional(),
});

/** The worker gives the lease back unspent; it costs no try. */
export const releasedResult = attemptKey.extend({ status: z.literal("released") });

/** How an attempt ended. */
export const attemptResult = z.discriminatedUnion("status", [
  completedResult,
  failedResult,
  waitingResult,
  releasedResult,
]);

/** The answer of `workflow_report`: what became of the results, and the next claims. */
export const reportAnswer = claimAnswer.extend({
  accepted: z.int().nonnegative(),
  /** Action logs whose attempt is no longer this worker's. */
  stale: z.array(z.guid()),
  /** Action logs that a person stopped: their handlers are to be aborted. */
  stopped: z.array(z.guid()),
});

export type AttemptKey = z.infer<typeof attemptKey>;
export type AttemptResult = z.infer<typeof attemptResult>;
export type ReportAnswer = z.infer<typeof reportAnswer>;
