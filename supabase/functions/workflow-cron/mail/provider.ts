import type { Context } from "../handler.ts";
import type { Outcome } from "../outcome.ts";
import type { Message } from "./message.ts";

/** What is kept of a mail that was sent. */
export interface Receipt {
  readonly provider: string;
  /** The provider's id of the message, or null if it gave none. */
  readonly id: string | null;
}

/** Hands a message to a provider of mail. */
export type SendMessage = (
  message: Message,
  key: string,
  context: Context,
) => Promise<Outcome<Receipt>>;
