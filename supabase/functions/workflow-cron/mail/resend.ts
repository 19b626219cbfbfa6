import { z } from "zod";
import { parseJson } from "../../_shared/parse_json.ts";
import type { Context } from "../handler.ts";
import { outcomeOfRefusal } from "../http_answer.ts";
import { completed, failed, type Outcome } from "../outcome.ts";
import type { Message } from "./message.ts";
import type { Receipt } from "./provider.ts";

/** Resend's limit for an idempotency key, in characters. */
const LONGEST_IDEMPOTENCY_KEY = 256;

const sent = z.object({ id: z.string() });
const refused = z.object({ name: z.string() });

/**
 * Sends through Resend, which sends once for an idempotency key within 24 hours.
 *
 * @see https://resend.com/docs/api-reference/emails/send-email
 */
export async function sendThroughResend(
  message: Message,
  key: string,
  context: Context,
): Promise<Outcome<Receipt>> {
  const base = context.setting("RESEND_BASE_URL") ?? "https://api.resend.com";
  const response = await context.fetch(`${base.replace(/\/+$/, "")}/emails`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "idempotency-key": context.idempotencyKey.slice(0, LONGEST_IDEMPOTENCY_KEY),
    },
    body: JSON.stringify(message),
  });
  const text = await response.text();
  const answer = parseJson(text);
  if (response.ok) {
    const id = sent.safeParse(answer).data?.id ?? null;
    return completed({ provider: "resend", id }, { httpStatus: response.status });
  }
  if (refused.safeParse(answer).data?.name === "invalid_idempotent_request") {
    const reason = "Resend has sent another message for an earlier attempt of this action";
    return failed(reason, { httpStatus: response.status });
  }
  return outcomeOfRefusal("Resend", response, text, context.now());
}
