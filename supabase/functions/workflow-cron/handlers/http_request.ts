/**
 * `http_request`: calls any public https address and keeps the answer.
 *
 * The call carries `idempotency-key` and `traceparent` headers unless the payload sets its own.
 * 408, 409, 425, 429, 5xx and no answer are tried again; every other status but 2xx is final.
 *
 * With `wait_for_callback`, 2xx means that the other side took the work on: the action waits for the
 * answer to the callback URL, which `{"$callback_url": true}` puts anywhere into the payload, and
 * the output is what that answer says.
 *
 * @example The payload of an action
 * ```json
 * {
 *   "method": "POST",
 *   "url": "https://api.example.com/orders/{{ $.record.id }}/ship",
 *   "headers": { "accept": "application/json" },
 *   "json": { "carrier": "post" },
 *   "timeout_seconds": 10
 * }
 * ```
 *
 * @example An API that answers later
 * ```json
 * {
 *   "method": "POST",
 *   "url": "https://api.example.com/renderings",
 *   "json": { "video": "{{ $.record.id }}", "notify": { "$callback_url": true } },
 *   "wait_for_callback": true,
 *   "callback_timeout": "1 hour"
 * }
 * ```
 */
import { z } from "zod";
import { parsedJson } from "../../_shared/contract/json.ts";
import type { Wait } from "../../_shared/contract/wait.ts";
import { parseJson } from "../../_shared/parse_json.ts";
import type { Context } from "../handler.ts";
import { isJson, outcomeOfRefusal } from "../http_answer.ts";
import { lengthOfTime } from "../length_of_time.ts";
import { completed, type Outcome, waiting } from "../outcome.ts";

/** The headers of an answer that are worth storing. */
const KEPT_HEADERS = [
  "content-type",
  "date",
  "etag",
  "last-modified",
  "link",
  "location",
  "x-request-id",
];

export const input = z.strictObject({
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
  url: z.string().min(1),
  headers: z.record(z.string(), z.string()).default({}),
  /** The body as it is. */
  body: z.string().optional(),
  /** The body as JSON. */
  json: parsedJson.optional(),
  /** Ends the call before the action's own deadline. */
  timeout_seconds: z.number().positive().optional(),
  /** Whether the result comes later, to the callback URL. */
  wait_for_callback: z.boolean().default(false),
  /** How long that may take; the action fails then. */
  callback_timeout: lengthOfTime.optional(),
}).refine((payload) => payload.body === undefined || payload.json === undefined, {
  error: 'Expected "body" or "json", received both',
}).refine(
  ({ method, body, json }) =>
    !["GET", "HEAD"].includes(method) || (body === undefined && json === undefined),
  { error: "A GET or HEAD request has no body", path: ["method"] },
).refine(
  ({ wait_for_callback, callback_timeout }) => wait_for_callback || callback_timeout === undefined,
  { error: 'Expected "wait_for_callback" beside it', path: ["callback_timeout"] },
);

/** What it is without `wait_for_callback`. */
export const output = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  /** What the answer's JSON holds, or its text. */
  body: parsedJson,
});

export async function run(
  payload: z.output<typeof input>,
  context: Context,
): Promise<Outcome<z.output<typeof output>>> {
  const response = await context.fetch(payload.url, requestOf(payload, context));
  const text = (await response.text()).replaceAll("\0", "\uFFFD");
  if (!response.ok) {
    const caller = `${payload.method} "${payload.url.replace(/[?#].*/s, "")}"`;
    return outcomeOfRefusal(caller, response, text, context.now());
  }
  const { status, headers } = response;
  if (payload.wait_for_callback) return waiting({ wait: waitOf(payload), httpStatus: status });
  const parsed = isJson(headers) ? parseJson(text) : undefined;
  return completed({
    status,
    headers: keptHeaders(headers),
    body: parsed === undefined ? text : parsed,
  }, { httpStatus: status });
}

function waitOf({ callback_timeout: timeout }: z.output<typeof input>): Wait {
  return { kind: "callback", ...(timeout === undefined ? {} : { timeout }) };
}

function requestOf(payload: z.output<typeof input>, context: Context): RequestInit {
  const headers = new Headers({
    "idempotency-key": context.idempotencyKey,
    traceparent: context.traceparent,
  });
  if (payload.json !== undefined) headers.set("content-type", "application/json");
  for (const [name, value] of Object.entries(payload.headers)) headers.set(name, value);
  const { method, timeout_seconds: seconds } = payload;
  return {
    method,
    headers,
    body: payload.json === undefined ? payload.body ?? null : JSON.stringify(payload.json),
    signal: seconds === undefined ? null : AbortSignal.timeout(seconds * 1000),
  };
}

function keptHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => KEPT_HEADERS.includes(name)));
}
