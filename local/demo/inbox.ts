import { z } from "zod";

const mails = z.array(z.object({
  from: z.string(),
  subject: z.string(),
  text: z.string().nullable(),
}));

/** A mail that arrived. */
export type Mail = z.infer<typeof mails>[number];

/** The mails that arrived for an address, oldest first. */
export async function readMails(inboxUrl: string, address: string): Promise<Mail[]> {
  const response = await fetch(`${inboxUrl}/api/messages?to=${encodeURIComponent(address)}`);
  return mails.parse(await response.json()).toReversed();
}

/** Makes an endpoint of the application, which the inbox plays, answer these one after the other. */
export async function scriptEndpoint(
  inboxUrl: string,
  name: string,
  answers: readonly { readonly status: number; readonly body?: unknown }[],
): Promise<void> {
  const response = await fetch(`${inboxUrl}/_local/endpoint/${name}`, {
    method: "POST",
    body: JSON.stringify({ answers }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot script the endpoint "${name}": ${text}`);
}
