import type { Context } from "../handler.ts";
import { outcomeOfRefusal } from "../http_answer.ts";
import { completed, type Outcome } from "../outcome.ts";
import type { Message } from "./message.ts";
import type { Receipt } from "./provider.ts";

/**
 * Sends through SendGrid. It knows no idempotency key: an attempt whose answer got lost sends
 * twice; both messages carry the key as a custom argument.
 *
 * @see https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send
 */
export async function sendThroughSendgrid(
  message: Message,
  key: string,
  context: Context,
): Promise<Outcome<Receipt>> {
  const base = context.setting("SENDGRID_BASE_URL") ?? "https://api.sendgrid.com";
  const response = await context.fetch(`${base.replace(/\/+$/, "")}/v3/mail/send`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(bodyOf(message, context.idempotencyKey)),
  });
  const text = await response.text();
  if (!response.ok) return outcomeOfRefusal("SendGrid", response, text, context.now());
  const id = response.headers.get("x-message-id");
  return completed({ provider: "sendgrid", id }, { httpStatus: response.status });
}

function bodyOf(message: Message, idempotencyKey: string) {
  const { from, to, cc, bcc, reply_to, subject, html, text, headers } = message;
  return {
    from: personOf(from),
    personalizations: [{
      to: to.map(personOf),
      ...(cc && { cc: cc.map(personOf) }),
      ...(bcc && { bcc: bcc.map(personOf) }),
    }],
    ...(reply_to && { reply_to_list: reply_to.map(personOf) }),
    subject,
    content: [
      ...(text === undefined ? [] : [{ type: "text/plain", value: text }]),
      ...(html === undefined ? [] : [{ type: "text/html", value: html }]),
    ],
    ...(headers && { headers }),
    custom_args: { idempotency_key: idempotencyKey },
  };
}

/** `Ada Lovelace <ada@example.com>` as SendGrid's name and address. */
function personOf(address: string): { email: string; name?: string } {
  const [, name, email] = /^\s*"?(.*?)"?\s*<([^<>]+)>\s*$/.exec(address) ?? [];
  if (email === undefined) return { email: address.trim() };
  return name ? { email, name } : { email };
}
