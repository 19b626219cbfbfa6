import type { Wait } from "../_shared/contract/wait.ts";

/** How an attempt may end. All times are milliseconds. */
export type Outcome<Output = unknown> =
  | { readonly kind: "completed"; readonly output?: Output; readonly httpStatus?: number }
  | {
    readonly kind: "retry";
    readonly reason: string;
    readonly after?: number;
    readonly httpStatus?: number;
  }
  | { readonly kind: "failed"; readonly reason: string; readonly httpStatus?: number }
  | {
    readonly kind: "waiting";
    readonly timeout?: number;
    readonly wait?: Wait;
    readonly httpStatus?: number;
  };

/**
 * The action did its work; `output` is kept exactly and may be any JSON, or nothing at all.
 * `httpStatus` is what the other side answered, if it was asked over HTTP.
 */
export function completed<Output>(
  output?: Output,
  options: { httpStatus?: number } = {},
): Outcome<Output> {
  return { kind: "completed", ...(output === undefined ? {} : { output }), ...options };
}

/** The action may succeed later: not before `after` milliseconds if given, else by its backoff. */
export function retry(
  options: { reason: string; after?: number; httpStatus?: number },
): Outcome<never> {
  return { kind: "retry", ...options };
}

/** No retry mends it. */
export function failed(reason: string, options: { httpStatus?: number } = {}): Outcome<never> {
  return { kind: "failed", reason, ...options };
}

/**
 * The work was handed on; what `wait` names comes later (an answer to the callback URL when left
 * out), or `timeout` milliseconds pass.
 */
export function waiting(
  options: { timeout?: number; wait?: Wait; httpStatus?: number } = {},
): Outcome<never> {
  return { kind: "waiting", ...options };
}

/** Whether a handler's answer is an outcome at all. */
export function isOutcome(value: unknown): value is Outcome {
  return typeof value === "object" && value !== null && "kind" in value &&
    (value.kind === "completed" || value.kind === "retry" || value.kind === "failed" ||
      value.kind === "waiting");
}
