import type { Context } from "../handler.ts";
import { failed, type Outcome } from "../outcome.ts";
import type { Message } from "./message.ts";
import type { Receipt, SendMessage } from "./provider.ts";
import { sendThroughResend } from "./resend.ts";
import { sendThroughSendgrid } from "./sendgrid.ts";

const PROVIDERS: readonly { keyName: string; send: SendMessage }[] = [
  { keyName: "RESEND_API_KEY", send: sendThroughResend },
  { keyName: "SENDGRID_API_KEY", send: sendThroughSendgrid },
];

/** Sends a message through whichever provider has its key set; the first of them if several have. */
export async function sendMail(message: Message, context: Context): Promise<Outcome<Receipt>> {
  for (const { keyName, send } of PROVIDERS) {
    const key = context.secret(keyName);
    if (key !== undefined) return await send(message, key, context);
  }
  return failed(
    "Cannot send a mail: no provider is set up; type `supabase secrets set RESEND_API_KEY=re_…` " +
      "or `supabase secrets set SENDGRID_API_KEY=SG.…`",
  );
}
