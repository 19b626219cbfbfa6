/**
 * `approval`: asks people, and waits until one of them decides. Each address of `to` gets a mail
 * with a link of its own, which counts once; without `to` nothing is sent, and an application shows
 * what is pending in `workflow_approval`. Whoever decides there must have `role`.
 *
 * Mails go through the provider of `send_email`, one after the other, once both lengths of time can
 * be read. After each `remind_after` the same link is mailed again; a reminder that cannot be sent is
 * logged and changes nothing.
 *
 * | what happens | outcome |
 * | --- | --- |
 * | somebody approves or rejects | completed, with the decision for conditions to branch on |
 * | `expires_in` passes | completed as `expired` |
 * | the first mail to somebody cannot be sent | as `send_email`: tried again or failed |
 *
 * @example The payload of an action
 * ```json
 * {
 *   "message": "Refund order {{ $.event.order_id }}?",
 *   "details": { "amount": "{{ $.event.amount | number: 2 }}" },
 *   "role": "manager",
 *   "from": "Acme <shop@acme.example>",
 *   "to": ["ada@acme.example", "bob@acme.example"],
 *   "expires_in": "3 days",
 *   "remind_after": "1 day"
 * }
 * ```
 */
import { z } from "zod";
import { approvalWait } from "../../_shared/contract/wait.ts";
import type { Context } from "../handler.ts";
import { lengthOfTime, minutes } from "../length_of_time.ts";
import type { ApprovalLink } from "../links.ts";
import { approvalRequest } from "../mail/approval_request.ts";
import { address, addresses } from "../mail/message.ts";
import type { Receipt } from "../mail/provider.ts";
import { sendInTurn } from "../mail/send_in_turn.ts";
import { type Outcome, waiting } from "../outcome.ts";

export const input = approvalWait.omit({ kind: true, tokens: true }).extend({
  /** Who is asked by mail. */
  to: addresses.optional(),
  from: address.optional(),
  /** The message's first line otherwise. */
  subject: z.string().min(1).optional(),
  expires_in: lengthOfTime.optional(),
  remind_after: minutes.optional(),
}).refine(({ to, from }) => to === undefined || from !== undefined, {
  error: 'Expected "from" beside "to"',
  path: ["from"],
});

export const output = z.object({
  decision: z.enum(["approved", "rejected", "expired"]),
  decided_by: z.string().nullable(),
  comment: z.string().nullable(),
  decided_at: z.string().nullable(),
});

/** What the engine adds to `meta` when it asks for the n-th reminder. */
const reminded = z.object({ reminder: z.int().positive() });

/** So much of a token's hash tells one recipient's mail from another's, in characters. */
const RECIPIENT_KEY = 16;

/** Sends the mail to one recipient. */
type SendMail = () => Promise<Outcome<Receipt>>;

/** Somebody who is asked, and where they decide. */
interface Recipient {
  readonly address: string;
  readonly link: ApprovalLink;
}

export async function run(
  payload: z.output<typeof input>,
  context: Context,
): Promise<Outcome<never>> {
  const { to, from: _from, subject: _subject, ...approval } = payload;
  const reminder = reminded.safeParse(context.action.meta).data?.reminder;
  const recipients = await Promise.all([...new Set(to)].map(async (address): Promise<Recipient> => {
    return { address, link: await context.links.approval(address) };
  }));
  const mails = recipients.map((recipient) => () =>
    sendRequest(payload, recipient, reminder, context)
  );
  const problem = reminder === undefined
    ? await firstProblem(mails)
    : await logProblems(mails, context);
  if (problem !== undefined) return problem;
  const tokens = recipients.map(({ address, link }) => ({ recipient: address, hash: link.hash }));
  return waiting({ wait: { kind: "approval", ...approval, tokens } });
}

/** Each mail has an idempotency key of its own, which is the same on each attempt. */
function sendRequest(
  { from = "", message, details, subject }: z.output<typeof input>,
  { address, link }: Recipient,
  reminder: number | undefined,
  context: Context,
): Promise<Outcome<Receipt>> {
  const isReminder = reminder !== undefined;
  const key = [context.idempotencyKey, ...(isReminder ? [`reminder-${reminder}`] : [])];
  const request = { from, to: address, subject, message, details, link: link.url, isReminder };
  return sendInTurn(approvalRequest(request), {
    ...context,
    idempotencyKey: [...key, link.hash.slice(0, RECIPIENT_KEY)].join("-"),
  });
}

async function firstProblem(mails: readonly SendMail[]): Promise<Outcome<never> | undefined> {
  for (const send of mails) {
    const outcome = await send();
    if (outcome.kind !== "completed") return outcome;
  }
}

/** The approval is asked for already: what is wrong with a reminder does not end it. */
async function logProblems(
  mails: readonly SendMail[],
  { action, logger }: Context,
): Promise<undefined> {
  for (const send of mails) {
    const error = await send().then(problemOf, String);
    if (error !== undefined) logger.warn("Cannot send a reminder", { action: action.id, error });
  }
}

function problemOf(outcome: Outcome<Receipt>): string | undefined {
  return "reason" in outcome ? outcome.reason : undefined;
}
