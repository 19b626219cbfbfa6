import { z } from "zod";
import { isEmailAddress } from "./email_address.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Message } from "./message.ts";
import { parseJson } from "./parse_json.ts";
import { digestRequest } from "./request_digest.ts";
import type { Rule, ScriptedAnswers } from "./scripted_answers.ts";

const HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html";

const person = z.object({
  email: z.string({ error: "The email field is required." })
    .refine(isEmailAddress, "Does not contain a valid address."),
  name: z.string().optional(),
}, { error: "The email object is required." });

const personalization = z.object({
  to: z.array(person, { error: "The to array is required for all personalization objects." })
    .min(
      1,
      "The to array is required for all personalization objects, and must have at least " +
        "one email object with a valid email address.",
    ),
  cc: z.array(person).default([]),
  bcc: z.array(person).default([]),
  subject: z.string().optional(),
  headers: z.record(z.string(), z.string()).default({}),
});

const PERSONALIZATIONS_REQUIRED =
  "The personalizations field is required and must have at least one personalization.";
const CONTENT_REQUIRED = "Unless a valid template_id is provided, the content parameter is " +
  "required. There must be at least one defined content block.";

const mail = z.object({
  personalizations: z.array(personalization, { error: PERSONALIZATIONS_REQUIRED })
    .min(1, PERSONALIZATIONS_REQUIRED),
  from: z.preprocess((from) => from ?? {}, person),
  reply_to: person.optional(),
  subject: z.string().optional(),
  content: z.array(z.object({ type: z.string(), value: z.string().min(1) }), {
    error: CONTENT_REQUIRED,
  }).min(1, CONTENT_REQUIRED),
  headers: z.record(z.string(), z.string()).default({}),
}).superRefine((input, context) => {
  if (input.subject || input.personalizations.every((each) => each.subject)) return;
  context.addIssue({ code: "custom", path: ["subject"], message: "The subject is required." });
});

type Mail = z.infer<typeof mail>;
type Personalization = Mail["personalizations"][number];
type Person = z.infer<typeof person>;

/**
 * Takes a mail as SendGrid's `POST /v3/mail/send` does: one mail for each personalization.
 *
 * @see https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send
 * @see https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors
 */
export async function receiveSendgrid(
  request: Request,
  mailbox: Mailbox,
  script: ScriptedAnswers,
): Promise<Response> {
  const rule = script.take("sendgrid");
  if (rule) return scripted(rule);
  const refusal = refuseKey(request.headers);
  if (refusal) return refusal;
  const body = await request.text();
  const json = parseJson(body);
  if (json === undefined) return fail(400, [{ message: "Bad Request", field: null, help: null }]);
  const input = mail.safeParse(json);
  if (!input.success) return invalid(input.error);
  return keep(input.data, await digestRequest(body), mailbox);
}

function keep(input: Mail, digest: string, mailbox: Mailbox): Response {
  const id = crypto.randomUUID();
  input.personalizations.forEach((each, index) => {
    const suffix = index === 0 ? "" : `.${index}`;
    mailbox.add({ ...compose(input, each), id: `${id}${suffix}`, request_digest: digest });
  });
  return new Response(null, { status: 202, headers: { "x-message-id": id, ...rateLimit(599) } });
}

function compose(
  input: Mail,
  to: Personalization,
): Omit<Message, "id" | "request_digest"> {
  return {
    provider: "sendgrid",
    received_at: new Date().toISOString(),
    from: format(input.from),
    to: to.to.map(format),
    cc: to.cc.map(format),
    bcc: to.bcc.map(format),
    reply_to: input.reply_to ? [format(input.reply_to)] : [],
    subject: to.subject ?? input.subject ?? "",
    html: content(input, "text/html"),
    text: content(input, "text/plain"),
    headers: { ...input.headers, ...to.headers },
    idempotency_key: null,
  };
}

function content(input: Mail, type: string): string | null {
  return input.content.find((each) => each.type === type)?.value ?? null;
}

function format({ name, email }: Person): string {
  return name ? `${name} <${email}>` : email;
}

function refuseKey(headers: Headers): Response | null {
  const key = /^Bearer\s+(.*)$/i.exec(headers.get("authorization") ?? "")?.[1];
  if (!key) return unauthorized("Permission denied, wrong credentials");
  if (/^SG\.[\w.-]+$/.test(key)) return null;
  return unauthorized("The provided authorization grant is invalid, expired, or revoked");
}

function unauthorized(message: string): Response {
  return fail(401, [{ message, field: null, help: null }]);
}

function invalid(error: z.ZodError): Response {
  return fail(
    400,
    error.issues.map(({ path, message }) => ({
      message,
      field: path.join(".") || null,
      help: HELP,
    })),
  );
}

function scripted(rule: Rule): Response {
  const message = rule.status === 429 ? "too many requests" : "This answer was asked for by a test";
  const response = fail(rule.status, [{ message, field: null, help: null }], 0);
  if (rule.retry_after !== undefined) {
    response.headers.set("retry-after", String(rule.retry_after));
  }
  return response;
}

function fail(
  status: number,
  errors: readonly { message: string; field: string | null; help: string | null }[],
  remaining = 599,
): Response {
  return Response.json({ errors }, { status, headers: rateLimit(remaining) });
}

function rateLimit(remaining: number): Record<string, string> {
  const reset = Math.ceil(Date.now() / 60_000) * 60;
  return {
    "x-ratelimit-limit": "600",
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(reset),
  };
}
