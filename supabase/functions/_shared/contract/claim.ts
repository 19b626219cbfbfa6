import { z } from "zod";
import { parsedJson, parsedJsonObject } from "./json.ts";
import { compiledTemplate, hole } from "./template.ts";

/** What all claims of one action have in common, sent once an answer. */
export const claimedAction = z.object({
  workflow_action_id: z.guid(),
  name: z.string(),
  action_type: z.string(),
  timeout_seconds: z.number().positive(),
  template: compiledTemplate,
  holes: z.array(hole),
  app_url: z.string().nullable(),
});

/** One attempt of one action log that this worker now owns. */
export const claim = z.object({
  id: z.guid(),
  /** Key of the action in `actions`. */
  action: z.string(),
  /** Rises with each claim; the fencing token that a report must quote. */
  attempt: z.int().positive(),
  run_id: z.guid(),
  workflow_id: z.guid(),
  workflow_action_id: z.guid(),
  organization_id: z.string().nullable(),
  /** One value a hole, in the order of `holes`; null where the path found nothing. */
  values: z.array(parsedJson),
  meta: parsedJsonObject.nullable(),
  deadline: z.string(),
  /** The same on each attempt. */
  idempotency_key: z.string(),
  traceparent: z.string(),
});

/** The answer of `workflow_claim`. */
export const claimAnswer = z.object({
  actions: z.record(z.string(), claimedAction),
  claims: z.array(claim),
  /** Milliseconds until the next action is due, 0 if one is due now, null if none is planned. */
  next_due_ms: z.number().nonnegative().nullable(),
});

export type ClaimedAction = z.infer<typeof claimedAction>;
export type Claim = z.infer<typeof claim>;
export type ClaimAnswer = z.infer<typeof claimAnswer>;
