import { z } from "zod";
import { isEmailAddress } from "./email_address.ts";
import type { Mailbox } from "./mailbox.ts";
import { parseJson } from "./parse_json.ts";
import { digestRequest } from "./request_digest.ts";
import type { Rule, ScriptedAnswers } from "./scripted_answers.ts";

const FORMAT = "The email address needs to follow the `email@example.com` or " +
  "`Name <email@example.com>` format.";
const MAX_RECIPIENTS = 50;
const MAX_KEY_LENGTH = 256;

const address = z.string().refine(isEmailAddress, FORMAT);
const addresses = z.union([
  address.transform((one) => [one]),
  z.array(address).max(MAX_RECIPIENTS, `The maximum number of recipients is ${MAX_RECIPIENTS}.`),
], { error: () => FORMAT });

const email = z.object({
  from: address,
  to: addresses.refine((all) => all.length > 0, "At least one recipient is required."),
  subject: z.string(),
  html: z.string().nullish(),
  text: z.string().nullish(),
  cc: addresses.default([]),
  bcc: addresses.default([]),
  reply_to: addresses.default([]),
  headers: z.record(z.string(), z.string()).default({}),
});

const REQUIRED = ["from", "to", "subject"];

/** The names of errors that Resend publishes, by the status that a test asks for. */
const ERROR_NAMES: Record<number, string> = {
  401: "missing_api_key",
  403: "invalid_api_key",
  409: "concurrent_idempotent_requests",
  422: "validation_error",
  429: "rate_limit_exceeded",
  500: "application_error",
};

/**
 * Takes a mail as Resend's `POST /emails` does.
 *
 * @see https://resend.com/docs/api-reference/emails/send-email
 * @see https://resend.com/docs/api-reference/errors
 */
export async function receiveResend(
  request: Request,
  mailbox: Mailbox,
  script: ScriptedAnswers,
): Promise<Response> {
  const rule = script.take("resend");
  if (rule) return scripted(rule);
  const refusal = refuseKeys(request.headers);
  if (refusal) return refusal;
  const body = await request.text();
  const input = email.safeParse(parseJson(body));
  if (!input.success) return invalid(parseJson(body), input.error);
  if (!input.data.html && !input.data.text) {
    return fail(422, "validation_error", "Missing `html` or `text` field.");
  }
  return keep(input.data, await digestRequest(body), request.headers, mailbox);
}

function keep(
  input: z.infer<typeof email>,
  digest: string,
  headers: Headers,
  mailbox: Mailbox,
): Response {
  const key = headers.get("idempotency-key");
  const earlier = key === null ? undefined : mailbox.findByIdempotencyKey(key);
  if (earlier) return repeat(earlier, digest);
  const id = crypto.randomUUID();
  mailbox.add({
    ...input,
    id,
    provider: "resend",
    received_at: new Date().toISOString(),
    html: input.html ?? null,
    text: input.text ?? null,
    idempotency_key: key,
    request_digest: digest,
  });
  return answer(200, { id });
}

function repeat(earlier: { id: string; request_digest: string }, digest: string): Response {
  if (earlier.request_digest === digest) return answer(200, { id: earlier.id });
  return fail(
    409,
    "invalid_idempotent_request",
    "This idempotency key has been used already with a different request body.",
  );
}

function refuseKeys(headers: Headers): Response | null {
  const key = /^Bearer\s+(.*)$/i.exec(headers.get("authorization") ?? "")?.[1];
  if (!key) {
    return fail(401, "missing_api_key", "Missing API key in the authorization header.");
  }
  if (!/^re_\w+$/.test(key)) return fail(403, "invalid_api_key", "API key is invalid.");
  const idempotencyKey = headers.get("idempotency-key");
  if (idempotencyKey !== null && !isIdempotencyKey(idempotencyKey)) {
    return fail(
      400,
      "invalid_idempotency_key",
      `The key must be between 1-${MAX_KEY_LENGTH} chars.`,
    );
  }
  return null;
}

function isIdempotencyKey(key: string): boolean {
  return key.length >= 1 && key.length <= MAX_KEY_LENGTH;
}

function invalid(body: unknown, error: z.ZodError): Response {
  const fields = z.record(z.string(), z.unknown()).safeParse(body);
  if (!fields.success) return fail(422, "validation_error", "The request body must be an object.");
  const missing = REQUIRED.find((name) => fields.data[name] === undefined);
  if (missing) return fail(422, "missing_required_field", `Missing \`${missing}\` field.`);
  const issue = error.issues[0];
  const field = String(issue?.path[0]);
  return fail(422, "validation_error", `Invalid \`${field}\` field. ${issue?.message}`);
}

function scripted(rule: Rule): Response {
  const name = ERROR_NAMES[rule.status] ?? "internal_server_error";
  const response = fail(rule.status, name, "This answer was asked for by a test.");
  if (rule.status === 429) response.headers.set("ratelimit-remaining", "0");
  if (rule.retry_after !== undefined) {
    response.headers.set("retry-after", String(rule.retry_after));
    response.headers.set("ratelimit-reset", String(rule.retry_after));
  }
  return response;
}

function fail(statusCode: number, name: string, message: string): Response {
  return answer(statusCode, { statusCode, name, message });
}

function answer(status: number, body: unknown): Response {
  return Response.json(body, {
    status,
    headers: { "ratelimit-limit": "2", "ratelimit-remaining": "1", "ratelimit-reset": "1" },
  });
}
