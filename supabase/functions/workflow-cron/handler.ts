import { z } from "zod";
import type { Claim, ClaimedAction } from "../_shared/contract/claim.ts";
import type { Json } from "../_shared/contract/json.ts";
import type { Logger } from "../_shared/logger.ts";
import type { GuardedFetch } from "./guarded_fetch.ts";
import type { Links } from "./links.ts";
import { failed, type Outcome } from "./outcome.ts";

/** What a handler is given besides its input. */
export interface Context {
  /** The same on each attempt: pass it on, so that the other side can recognise a repetition. */
  readonly idempotencyKey: string;
  /** Counts from 1 and rises with each attempt. */
  readonly attempt: number;
  /** Aborted at the deadline, at a stop, and when the worker must end. */
  readonly signal: AbortSignal;
  /** Calls public https addresses only, ends with `signal`. */
  readonly fetch: GuardedFetch;
  /** The secret's value, or undefined when it is not set. It is redacted in what is stored. */
  readonly secret: (name: string) => string | undefined;
  /** Where the outside answers this attempt once it ended as waiting. */
  readonly links: Links;
  /** What the environment says, if it is no secret: an address, a limit. */
  readonly setting: (name: string) => string | undefined;
  /** The wall clock. */
  readonly now: () => Date;
  /** Pauses for a moment of milliseconds. What takes longer is `retry` or `waiting`. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly logger: Logger;
  /** W3C trace context of the attempt. */
  readonly traceparent: string;
  /** Which action of which run this is. */
  readonly action: ActionIdentity;
}

/** Where an attempt stands, and what calls an application needs to know. */
export interface ActionIdentity {
  readonly id: Claim["id"];
  readonly name: ClaimedAction["name"];
  readonly type: ClaimedAction["action_type"];
  readonly workflowId: Claim["workflow_id"];
  readonly workflowActionId: Claim["workflow_action_id"];
  readonly runId: Claim["run_id"];
  readonly meta: Claim["meta"];
  readonly targetEndpoint: string | null;
  /** What the definition adds to the headers of the call to `targetEndpoint`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly appUrl: ClaimedAction["app_url"];
}

/** What the module of an action type exports. */
export interface Handler<Input, Output> {
  /** The payload that it takes, after the template was filled. */
  readonly input: z.ZodType<Input>;
  /** The output that it gives, which later actions and conditions read. */
  readonly output: z.ZodType<Output>;
  /** Does the work. A throw means "unexpected: retry". */
  run(input: Input, context: Context): Promise<Outcome<Output>> | Outcome<Output>;
}

/** A handler whose payload is checked before it runs. */
export type CheckedHandler = (payload: Json, context: Context) => Promise<Outcome>;

/** Puts the payload's check before a handler: a payload that fails it fails for good. */
export function checked<Input, Output>(handler: Handler<Input, Output>): CheckedHandler {
  return async (payload, context) => {
    const parsed = handler.input.safeParse(payload);
    if (parsed.success) return await handler.run(parsed.data, context);
    return failed(`Cannot run "${context.action.type}": ${describeIssues(parsed.error)}`);
  };
}

function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => {
    const path = ["payload", ...issue.path].join(".");
    return `"${path}" is invalid: ${issue.message}`;
  }).join("; ");
}
