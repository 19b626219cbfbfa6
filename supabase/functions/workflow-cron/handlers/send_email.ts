/**
 * `send_email`: sends a mail through Resend or SendGrid, whichever has its key set; Resend if both
 * have. An address may be `Name <user@host>`; `to`, `cc`, `bcc` and `reply_to` may be lists.
 *
 * | secret | default |
 * | --- | --- |
 * | RESEND_API_KEY, SENDGRID_API_KEY | one must be set |
 * | RESEND_BASE_URL | https://api.resend.com |
 * | SENDGRID_BASE_URL | https://api.sendgrid.com |
 *
 * @example The payload of an action
 * ```json
 * {
 *   "from": "Acme <hello@acme.example>",
 *   "to": "{{ $.record.email | required }}",
 *   "subject": "Welcome, {{ $.record.name | default: 'friend' }}",
 *   "text": "Good to have you."
 * }
 * ```
 */
import { z } from "zod";
import type { Context } from "../handler.ts";
import { message } from "../mail/message.ts";
import { sendMail } from "../mail/send.ts";
import type { Outcome } from "../outcome.ts";

export const input = message;

export const output = z.object({ provider: z.string(), id: z.string().nullable() });

export function run(
  payload: z.output<typeof input>,
  context: Context,
): Promise<Outcome<z.output<typeof output>>> {
  return sendMail(payload, context);
}
