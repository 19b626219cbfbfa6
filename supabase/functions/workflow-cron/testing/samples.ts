import type { Claim, ClaimedAction } from "../../_shared/contract/claim.ts";
import { AttemptSecrets, Secrets } from "../../_shared/secrets.ts";
import { silentLogger } from "../../_shared/testing/silent_logger.ts";
import type { Context } from "../handler.ts";
import { createLinks } from "../links.ts";

/** The address of the project that samples belong to. */
export const PROJECT = "https://project.supabase.co";

/** Signs the links of samples. */
export const LINK_SECRET = "whsec_bGlua3MgYXJlIHNpZ25lZCB3aXRoIHRoaXM=";

/** A UUID that ends in the given number. */
export function sampleId(number: number): string {
  return `019ab000-0000-7000-8000-${String(number).padStart(12, "0")}`;
}

/** An action whose payload is empty. */
export function sampleAction(changes: Partial<ClaimedAction> = {}): ClaimedAction {
  return {
    workflow_action_id: sampleId(3),
    name: "welcome",
    action_type: "log",
    timeout_seconds: 60,
    template: { payload: {}, target_endpoint: null, headers: {} },
    holes: [],
    app_url: null,
    ...changes,
  };
}

/** The first attempt of an action log. */
export function sampleClaim(changes: Partial<Claim> = {}): Claim {
  return {
    id: sampleId(1),
    action: "welcome",
    attempt: 1,
    run_id: sampleId(4),
    workflow_id: sampleId(2),
    workflow_action_id: sampleId(3),
    organization_id: null,
    values: [],
    meta: {},
    deadline: "2026-01-01T00:01:00+00:00",
    idempotency_key: "welcome-1",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ...changes,
  };
}

/** A context of an attempt of `webhook`, over the real network. */
export function sampleContext(
  environment: Record<string, string> = {},
  changes: Partial<Context> = {},
): Context {
  const attempt = changes.attempt ?? 1;
  const secrets = new AttemptSecrets(
    new Secrets((name) => name === "WORKFLOW_SECRET" ? LINK_SECRET : undefined),
  );
  return {
    idempotencyKey: "welcome-1",
    attempt,
    links: createLinks({ actionId: sampleId(1), attempt }, PROJECT, secrets),
    signal: new AbortController().signal,
    fetch: (url, init) => fetch(url, { ...init, redirect: "manual" }),
    secret: (name) => environment[name],
    setting: (name) => environment[name],
    now: () => new Date("2026-01-01T00:00:00Z"),
    sleep: () => Promise.resolve(),
    logger: silentLogger(),
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    action: {
      id: sampleId(1),
      name: "notify",
      type: "webhook",
      workflowId: sampleId(2),
      workflowActionId: sampleId(3),
      runId: sampleId(4),
      meta: {},
      targetEndpoint: null,
      headers: {},
      appUrl: null,
    },
    ...changes,
  };
}
