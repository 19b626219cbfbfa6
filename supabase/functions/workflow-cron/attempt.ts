import type { Claim, ClaimedAction } from "../_shared/contract/claim.ts";
import type { Json } from "../_shared/contract/json.ts";
import type { AttemptKey, AttemptResult } from "../_shared/contract/report.ts";
import { wait } from "../_shared/contract/wait.ts";
import type { Environment } from "../_shared/environment.ts";
import { type Logger, redactingLogger } from "../_shared/logger.ts";
import { AttemptSecrets, type Secrets } from "../_shared/secrets.ts";
import { AddressRefused, type AddressRules } from "./address.ts";
import { type Clock, sleep } from "./clock.ts";
import { BodyTooLarge, guardedFetch, NoAnswer } from "./guarded_fetch.ts";
import type { CheckedHandler, Context } from "./handler.ts";
import { jsonOutput, OutputError } from "./json_output.ts";
import { createLinks, LinkError, type Links } from "./links.ts";
import { completed, failed, isOutcome, type Outcome, retry, waiting } from "./outcome.ts";
import { asksForCallback, type FilledTemplate, fillTemplate, TemplateError } from "./template.ts";

/** The longest error text that is stored, in characters. */
const LONGEST_ERROR = 4000;

/** Errors that mean the same on every attempt. */
const FINAL_ERRORS = [TemplateError, OutputError, AddressRefused, BodyTooLarge, LinkError];

/** What attempts run on. */
export interface AttemptDependencies {
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly rules: AddressRules;
  /** Where the outside reaches the project: the origin of links. */
  readonly publicUrl: string;
  readonly environment: Environment;
  readonly secrets: Secrets;
  readonly logger: Logger;
  /** The handlers, by action type. */
  readonly handlers: ReadonlyMap<string, CheckedHandler>;
  /** Runs what has a `target_endpoint`, whatever its action type. */
  readonly callApplication: CheckedHandler;
}

/** The same for one attempt, whose links are secrets, too. */
type OwnDependencies = Omit<AttemptDependencies, "secrets"> & { readonly secrets: AttemptSecrets };

/**
 * Runs one attempt to its end: fills its template, runs its handler, turns the outcome into the
 * result that is reported. Never throws. The attempt ends at its deadline or at an abort of
 * `signal`, even if its handler ignores both.
 */
export async function runAttempt(
  claim: Claim,
  action: ClaimedAction,
  signal: AbortSignal,
  dependencies: AttemptDependencies,
): Promise<AttemptResult> {
  const secrets = new AttemptSecrets(dependencies.secrets);
  const deadline = new AbortController();
  const timeout = `Timed out after ${action.timeout_seconds} s`;
  const cancel = dependencies.clock.after(action.timeout_seconds * 1000, () => {
    deadline.abort(new DOMException(timeout, "TimeoutError"));
  });
  const either = AbortSignal.any([signal, deadline.signal]);
  try {
    const outcome = await Promise.race([
      perform(claim, action, either, { ...dependencies, secrets }),
      abortion(either),
    ]);
    return toResult(claim, outcome, secrets);
  } catch (error) {
    const outcome = deadline.signal.aborted ? retry({ reason: timeout }) : outcomeOf(error);
    return toResult(claim, outcome, secrets);
  } finally {
    cancel();
  }
}

/** Rejects when the signal is aborted. */
function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

async function perform(
  claim: Claim,
  action: ClaimedAction,
  signal: AbortSignal,
  dependencies: OwnDependencies,
): Promise<Outcome<Json>> {
  const { secrets, publicUrl } = dependencies;
  const key = { actionId: claim.id, attempt: claim.attempt };
  const links = createLinks(key, publicUrl, secrets);
  const callbackUrl = asksForCallback(action.template) ? await links.callbackUrl() : undefined;
  const filled = fillTemplate(action, claim.values, (name) => secrets.read(name), callbackUrl);
  const handler = filled.targetEndpoint === null
    ? dependencies.handlers.get(action.action_type)
    : dependencies.callApplication;
  if (handler === undefined) return failed(`Unknown action type "${action.action_type}"`);
  const context = createContext(claim, action, filled, links, signal, dependencies);
  const outcome: unknown = await handler(filled.payload, context);
  if (!isOutcome(outcome)) {
    throw new TypeError(`Handler of "${action.action_type}" gave no outcome`);
  }
  return storable(outcome, (text) => secrets.redact(text));
}

/** The outcome without secrets, and without what the database could not store. */
function storable(outcome: Outcome, redact: (text: string) => string): Outcome<Json> {
  if (outcome.kind === "completed") {
    const { kind: _kind, output, ...options } = outcome;
    return completed(jsonOutput(output, redact), options);
  }
  if (outcome.kind !== "waiting" || outcome.wait === undefined) return outcome;
  return waiting({ ...outcome, wait: wait.parse(jsonOutput(outcome.wait, redact)) });
}

function createContext(
  claim: Claim,
  action: ClaimedAction,
  filled: FilledTemplate,
  links: Links,
  signal: AbortSignal,
  { clock, fetch, rules, environment, secrets, logger }: OwnDependencies,
): Context {
  return {
    idempotencyKey: claim.idempotency_key,
    attempt: claim.attempt,
    signal,
    fetch: guardedFetch({ fetch, rules, signal }),
    secret: (name) => secrets.read(name),
    links,
    setting: (name) => environment(name) || undefined,
    now: () => clock.now(),
    sleep: (ms) => sleep(clock, ms),
    logger: redactingLogger(logger, (text) => secrets.redact(text)),
    traceparent: claim.traceparent,
    action: {
      id: claim.id,
      name: action.name,
      type: action.action_type,
      workflowId: claim.workflow_id,
      workflowActionId: claim.workflow_action_id,
      runId: claim.run_id,
      meta: claim.meta,
      targetEndpoint: filled.targetEndpoint,
      headers: filled.headers,
      appUrl: action.app_url,
    },
  };
}

/** A throw means "unexpected: retry", but for the few that mean the same each time. */
function outcomeOf(error: unknown): Outcome<never> {
  const reason = error instanceof Error ? error.message : String(error);
  if (FINAL_ERRORS.some((type) => error instanceof type)) return failed(reason);
  if (error instanceof NoAnswer) return retry({ reason });
  return retry({ reason: `Unexpected error: ${reason}` });
}

function toResult(claim: Claim, outcome: Outcome<Json>, secrets: AttemptSecrets): AttemptResult {
  const key: AttemptKey = { id: claim.id, attempt: claim.attempt };
  switch (outcome.kind) {
    case "completed":
      return {
        ...key,
        status: "completed",
        ...(outcome.output === undefined ? {} : { output: outcome.output }),
        ...(outcome.httpStatus === undefined ? {} : { http_status: outcome.httpStatus }),
      };
    case "waiting":
      return {
        ...key,
        status: "waiting",
        ...(outcome.timeout === undefined ? {} : { timeout_ms: wholeMs(outcome.timeout) }),
        ...(outcome.wait === undefined ? {} : { wait: outcome.wait }),
        ...(outcome.httpStatus === undefined ? {} : { http_status: outcome.httpStatus }),
      };
    default:
      return {
        ...key,
        status: "failed",
        error: storableText(secrets.redact(outcome.reason)),
        final: outcome.kind === "failed",
        ...(outcome.httpStatus === undefined ? {} : { http_status: outcome.httpStatus }),
        ...(outcome.kind === "failed" || outcome.after === undefined
          ? {}
          : { retry_after_ms: wholeMs(outcome.after) }),
      };
  }
}

function wholeMs(ms: number): number {
  return Math.max(0, Math.round(ms));
}

/** Postgres stores neither NUL nor half of a surrogate pair. */
function storableText(text: string): string {
  return text.replaceAll("\0", "\uFFFD").slice(0, LONGEST_ERROR).toWellFormed();
}
