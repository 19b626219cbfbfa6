/**
 * `webhook`: calls an application. Every action with a `target_endpoint` runs here, whatever its
 * action type; a relative endpoint is taken from Vault's `APP_URL`.
 *
 * The application gets a POST whose JSON body is the `applicationCall` of the contract, signed with
 * WORKFLOW_WEBHOOK_SECRET after Standard Webhooks 1.0 (`webhook-id` is the same on each attempt),
 * with `idempotency-key`, `traceparent` and the plain `x-workflow-signature`. The headers of the
 * action come with it, but replace none of these.
 *
 * | answer | outcome |
 * | --- | --- |
 * | 2xx | completed; a JSON body is the output |
 * | 202 | waiting, until the application answers at the `callback_url` of the body, or reports |
 * | 408, 409, 425, 429, 5xx, none | tried again, no sooner than `Retry-After` says |
 * | any other | failed; a redirect is not followed |
 *
 * @example An action and its payload
 * ```json
 * {
 *   "action_type": "webhook",
 *   "target_endpoint": "/api/grant-trial",
 *   "headers": { "x-api-key": { "$secret": "SHOP_API_KEY" } },
 *   "payload": { "user_id": "{{ $.record.id }}", "days": 14 }
 * }
 * ```
 */
import { z } from "zod";
import type { ApplicationCall } from "../../_shared/contract/application_call.ts";
import { parsedJson } from "../../_shared/contract/json.ts";
import { list } from "../../_shared/environment.ts";
import { parseJson } from "../../_shared/parse_json.ts";
import type { ActionIdentity, Context } from "../handler.ts";
import { isJson, outcomeOfRefusal } from "../http_answer.ts";
import { completed, failed, type Outcome, waiting } from "../outcome.ts";
import { isSecret, plainSignature, sign } from "../signature.ts";

/** Headers that say how the body travels. */
const CONNECTION_HEADERS = [
  "connection",
  "content-encoding",
  "content-length",
  "expect",
  "host",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

export const input = parsedJson;

export const output = parsedJson;

export async function run(
  payload: z.output<typeof input>,
  context: Context,
): Promise<Outcome<z.output<typeof output>>> {
  const url = urlOf(context.action);
  if (url.problem !== undefined) return failed(url.problem);
  const secrets = list(/\s+/).parse(context.secret("WORKFLOW_WEBHOOK_SECRET"));
  const [firstSecret] = secrets;
  if (firstSecret === undefined || !secrets.every(isSecret)) {
    return failed(
      "Cannot sign the call: WORKFLOW_WEBHOOK_SECRET is missing or malformed; type " +
        '`supabase secrets set WORKFLOW_WEBHOOK_SECRET="whsec_$(openssl rand -base64 32)"`',
    );
  }
  const headers = ownHeaders(context.action.headers);
  if (headers.problem !== undefined) return failed(headers.problem);
  const body = JSON.stringify(await bodyOf(payload, context));
  const standard = {
    "content-type": "application/json",
    "idempotency-key": context.idempotencyKey,
    traceparent: context.traceparent,
    "x-workflow-signature": await plainSignature(firstSecret, body),
    ...sign(secrets, `msg_${context.action.id.replaceAll("-", "")}`, context.now(), body),
  };
  for (const [name, value] of Object.entries(standard)) headers.added.set(name, value);
  const response = await context.fetch(url.href, { method: "POST", body, headers: headers.added });
  return await outcomeOf(response, context);
}

type OwnHeaders = { added: Headers; problem?: undefined } | { problem: string };

/** What the definition adds; what belongs to the connection is not its to set. */
function ownHeaders(headers: ActionIdentity["headers"]): OwnHeaders {
  const added = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (CONNECTION_HEADERS.includes(name.toLowerCase())) continue;
    try {
      added.set(name, value);
    } catch {
      return { problem: `Cannot call the application: the header "${name}" is malformed` };
    }
  }
  return { added };
}

type Target = { href: string; problem?: undefined } | { problem: string };

function urlOf({ targetEndpoint, appUrl }: ActionIdentity): Target {
  if (targetEndpoint === null || targetEndpoint === "") {
    return { problem: "Cannot call the application: the action has no target_endpoint" };
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(targetEndpoint)) return { href: targetEndpoint };
  if (appUrl === null) {
    return {
      problem: `Cannot call "${targetEndpoint}": set the application's address with ` +
        "`select workflow_configure(url, app_url)`",
    };
  }
  return { href: `${appUrl.replace(/\/+$/, "")}/${targetEndpoint.replace(/^\/+/, "")}` };
}

async function bodyOf(
  payload: z.output<typeof input>,
  { action, attempt, links }: Context,
): Promise<ApplicationCall> {
  return {
    workflow_id: action.workflowId,
    action_id: action.id,
    workflow_action_id: action.workflowActionId,
    run_id: action.runId,
    action_type: action.type,
    payload,
    meta: action.meta ?? {},
    attempt,
    callback_url: await links.callbackUrl(),
  };
}

async function outcomeOf(
  response: Response,
  context: Context,
): Promise<Outcome<z.output<typeof output>>> {
  const text = await response.text();
  const { status: httpStatus } = response;
  if (httpStatus === 202) return waiting({ wait: { kind: "callback" }, httpStatus });
  if (!response.ok) return outcomeOfRefusal("The application", response, text, context.now());
  return completed(isJson(response.headers) ? parseJson(text) : undefined, { httpStatus });
}
