import type { Context } from "../handler.ts";
import type { Outcome } from "../outcome.ts";
import type { Message } from "./message.ts";
import type { Receipt } from "./provider.ts";
import { sendMail } from "./send.ts";

/** The longest pause that is made, in milliseconds; who asks for more is asked by another attempt. */
const LONGEST_PAUSE_MS = 5_000;

const MOST_PAUSES = 5;

/**
 * Sends one of several messages of an attempt, and pauses if the provider takes no more at the
 * moment: Resend takes two in a second. Another attempt would begin with the first message again,
 * and come no further.
 */
export async function sendInTurn(message: Message, context: Context): Promise<Outcome<Receipt>> {
  let outcome = await sendMail(message, context);
  for (let pauses = 0; pauses < MOST_PAUSES; pauses++) {
    const ms = pauseAfter(outcome);
    if (ms === undefined) return outcome;
    await context.sleep(ms);
    outcome = await sendMail(message, context);
  }
  return outcome;
}

/** How long a provider that has enough for the moment wants to be left alone. */
function pauseAfter(outcome: Outcome): number | undefined {
  if (outcome.kind !== "retry" || outcome.httpStatus !== 429) return undefined;
  const { after } = outcome;
  return after !== undefined && after <= LONGEST_PAUSE_MS ? after : undefined;
}
