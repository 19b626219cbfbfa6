import { z } from "zod";

/** An e-mail address, or `Name <user@host>`. */
export const address = z.string().min(3).includes("@", { error: "Expected an e-mail address" });

/** One address, or a list of at least one. */
export const addresses = z.union([address.transform((one) => [one]), z.array(address).min(1)]);

/** An e-mail, as the payload of `send_email` gives it; an address may be `Name <user@host>`. */
export const message = z.strictObject({
  from: address,
  to: addresses,
  cc: addresses.optional(),
  bcc: addresses.optional(),
  reply_to: addresses.optional(),
  subject: z.string().min(1),
  html: z.string().optional(),
  text: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
}).refine(({ html, text }) => html !== undefined || text !== undefined, {
  error: 'Expected "html" or "text", received neither',
});

export type Message = z.output<typeof message>;
