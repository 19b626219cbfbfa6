import { z } from "zod";
import { eventName } from "./event_name.ts";
import { callbackReference, secretReference } from "./template.ts";

/** An optional field; `standard` is what it is when left out. */
function field<Schema extends z.ZodType>(schema: Schema, description: string, standard?: unknown) {
  return schema.optional().meta({
    description,
    ...(standard === undefined ? {} : { default: standard }),
  });
}

const path = z.string().min(1).max(500);

const interval = z.string().min(1).meta({ examples: ["15 minutes", "2 days", "01:30:00"] });

const priority = z.int().min(0).max(9);

const jsonObject = z.record(z.string(), z.unknown());

const headers = z.record(z.string(), z.union([z.string(), secretReference, callbackReference]));

/** An action of a definition: a column of `workflow_action` a field. */
export const actionDefinition = z.strictObject({
  name: field(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/),
    "A word, unique in its workflow, by which other actions refer to it. The action type when left out.",
  ),
  order: field(
    z.int32(),
    "Without depends_on, an action follows those of the next lower order; equal orders run side by side.",
    1,
  ),
  action_type: z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/).meta({
    description:
      "Which handler runs it: send_email, http_request, webhook, log; sleep, sleep_until, wait_for_event, approval or start_workflow, which wait; choice; or your own.",
  }),
  target_endpoint: field(
    z.string().nullable(),
    "Where set, the application at this URL runs the action; a template. A relative URL is taken from Vault's APP_URL.",
    null,
  ),
  headers: field(headers, "Headers of the call to target_endpoint, a template.", {}),
  payload: field(
    jsonObject,
    'The input, a template; of a choice its rules: {"choices": [{"if", "then"}], "else"}.',
    {},
  ),
  depends_on: field(
    z.array(z.string()).nullable(),
    "The names of the actions it follows; [] for none, null for those of the next lower order.",
    null,
  ),
  join_count: field(
    z.int32().positive().nullable(),
    "How many of those must have completed: all when null, 1 for any. The rest is stopped.",
    null,
  ),
  run_if: field(
    z.enum(["success", "failure", "always"]),
    "What those must have come to: success (none failed), failure (one did), always.",
    "success",
  ),
  condition: field(
    path.nullable(),
    "An SQL/JSON path predicate, asked when the action is due; not true means skipped.",
    null,
  ),
  for_each: field(
    path.nullable(),
    "An SQL/JSON path to an array: the action runs once for each item, which it reads as $.item.",
    null,
  ),
  max_concurrency: field(z.int32().positive(), "How many items run at once.", 10),
  tolerated_failure_count: field(
    z.int32().nonnegative(),
    "How many items may fail before the action does.",
    0,
  ),
  tolerated_failure_percentage: field(
    z.number().min(0).max(100),
    "What share of the items, in percent, may fail before the action does; the larger of both counts.",
    0,
  ),
  continue_on_failure: field(
    z.boolean(),
    "Whether the run goes on, and may complete, when this action fails.",
    false,
  ),
  compensate_with: field(
    z.string().nullable(),
    "The name of the action that undoes this one when the run fails; that one runs for nothing else.",
    null,
  ),
  delay: field(interval, "How long after it became ready the action is due.", "00:00:00"),
  timeout_seconds: field(
    z.int().min(1).max(86_400),
    "How many seconds one attempt may take.",
    60,
  ),
  max_retries: field(
    z.int().min(0).max(100),
    "How many retries follow a failed first attempt.",
    5,
  ),
  backoff_base: field(
    interval,
    "Retry n waits backoff_base * backoff_factor ^ n, up to backoff_cap, plus up to a tenth of jitter.",
    "00:01:00",
  ),
  backoff_factor: field(z.number().min(1).max(10), "See backoff_base.", 2),
  backoff_cap: field(interval, "See backoff_base.", "1 day"),
  priority: field(
    priority.nullable(),
    "0 is the most urgent, 9 the least; the workflow's own when null.",
    null,
  ),
}).meta({ description: "An action (step) of a workflow." });

/**
 * The document that `workflow_deploy` takes and `workflow_export` gives: a workflow with its actions.
 * What several fields have to agree on, the database checks.
 */
export const workflowDefinition = z.strictObject({
  organization_id: field(
    z.string().nullable(),
    "The tenant it belongs to; null is the platform's own, which every organization's events may start.",
    null,
  ),
  name: z.string().min(1).max(200).meta({
    description: "Unique in its organization: says which workflow a document is about.",
  }),
  description: field(z.string().nullable(), "For whoever reads it.", null),
  trigger: eventName.meta({
    description:
      "The name of the event that starts it, such as public.profiles.insert or order.paid.",
  }),
  phase: field(
    z.enum(["before", "now", "after"]),
    "When a run begins: now, after or before the time of the event (or of relative_to).",
    "now",
  ),
  interval: field(z.int32().nonnegative(), "Minutes before or after.", 0),
  relative_to: field(
    path.nullable(),
    "An SQL/JSON path to the time that phase and interval count from; the event's own time when null.",
    null,
  ),
  timezone: field(
    z.string(),
    "The IANA time zone in which the interval is counted and in which a time without a zone is read.",
    "UTC",
  ),
  if_past: field(
    z.enum(["auto", "skip", "run_now", "run_if_within"]),
    "What happens when the time is past already: skip, run_now, run_if_within (if_past_within minutes); auto skips for phase before and runs otherwise.",
    "auto",
  ),
  if_past_within: field(z.int32().nullable(), "The minutes of run_if_within.", null),
  condition: field(
    path.nullable(),
    "An SQL/JSON path predicate over the event; without a true result no run begins.",
    null,
  ),
  vars: field(jsonObject, "Constants of the workflow; expressions read them as $.vars.", {}),
  priority: field(priority, "0 is the most urgent, 9 the least.", 5),
  is_active: field(
    z.boolean(),
    "Whether events start it; when left out, a new workflow is active and an old one stays as it is.",
    true,
  ),
  actions: field(z.array(actionDefinition), "Its actions.", []),
}).meta({
  title: "Workflow definition",
  description: "The document that workflow_deploy takes and workflow_export gives.",
});

export type ActionDefinition = z.infer<typeof actionDefinition>;
export type WorkflowDefinition = z.infer<typeof workflowDefinition>;
