import { z } from "zod";
import { parsedJson } from "./json.ts";

/** The work is done. Without an output the key is left out; a null output is an output. */
export const completedAnswer = z.strictObject({
  status: z.literal("completed"),
  output: parsedJson.optional(),
});

/** The work failed, and no retry mends it. */
export const failedAnswer = z.strictObject({
  status: z.literal("failed"),
  error: z.string().optional(),
});

/** The work did not succeed: the action is to be tried again, if it has tries left. */
export const retryAnswer = z.strictObject({
  status: z.literal("retry"),
  error: z.string().optional(),
  /** Milliseconds before the next attempt at the earliest; the backoff otherwise. */
  retry_after_ms: z.int().nonnegative().optional(),
});

/** How an action that waits is answered: what `workflow_answer` takes as its result. */
export const callbackAnswer = z.discriminatedUnion("status", [
  completedAnswer,
  failedAnswer,
  retryAnswer,
]);

/**
 * The body of a POST to a callback URL. Whoever does not know the engine may call it, too: any JSON
 * that is not exactly an answer is the output of a completed action.
 */
export const callbackBody = z.union([
  callbackAnswer,
  parsedJson.transform((output): CallbackAnswer => ({ status: "completed", output })),
]);

export type CallbackAnswer = z.infer<typeof callbackAnswer>;
