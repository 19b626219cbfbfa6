import { z } from "zod";

/** A mail provider whose API the inbox speaks. */
export const provider = z.enum(["resend", "sendgrid"]);

/** A mail as the inbox keeps it, whichever API took it. */
export const message = z.object({
  id: z.string(),
  provider,
  received_at: z.iso.datetime(),
  from: z.string(),
  to: z.array(z.string()),
  cc: z.array(z.string()),
  bcc: z.array(z.string()),
  reply_to: z.array(z.string()),
  subject: z.string(),
  html: z.string().nullable(),
  text: z.string().nullable(),
  headers: z.record(z.string(), z.string()),
  idempotency_key: z.string().nullable(),
  /** SHA-256 of the request, which tells a repetition from another mail under the same key. */
  request_digest: z.string(),
});

export type Provider = z.infer<typeof provider>;
export type Message = z.infer<typeof message>;
