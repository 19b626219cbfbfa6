import { Webhook } from "standardwebhooks";
import { hex, hmac } from "../_shared/hmac.ts";

/** The headers of Standard Webhooks 1.0 that sign one message. */
export interface SignatureHeaders extends Record<string, string> {
  "webhook-id": string;
  "webhook-timestamp": string;
  "webhook-signature": string;
}

/**
 * Signs a body after Standard Webhooks 1.0, once with each secret, so that both sides of a
 * rotation can verify it.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function sign(
  secrets: readonly string[],
  id: string,
  at: Date,
  body: string,
): SignatureHeaders {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, at, body));
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": signatures.join(" "),
  };
}

/** Whether a text can be a secret: base64, after `whsec_` or not. */
export function isSecret(text: string): boolean {
  try {
    new Webhook(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether one of the secrets signed the body within the last or next 300 seconds. */
export function isSigned(secrets: readonly string[], headers: Headers, body: string): boolean {
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(body, Object.fromEntries(headers), { jsonParse: false });
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * The body's HMAC-SHA256 in hex, keyed with the secret's literal text: the founding document's
 * `x-workflow-signature`. It covers no time, so whoever records it can replay it.
 */
export async function plainSignature(secret: string, body: string): Promise<string> {
  return hex(await hmac(secret, body));
}
