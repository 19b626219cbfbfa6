import { z } from "zod";
import type { TestStack } from "./stack.ts";

const mail = z.object({ from: z.string(), subject: z.string(), text: z.string().nullable() });

/** A mail that arrived. */
export type Mail = z.infer<typeof mail>;

/** The mails to an address, oldest first. */
export async function mailsTo({ info }: TestStack, address: string): Promise<Mail[]> {
  const url = `${info.inbox_url}/api/messages?to=${encodeURIComponent(address)}`;
  return z.array(mail).parse(await (await fetch(url)).json()).toReversed();
}
