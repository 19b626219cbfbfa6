import type { Json } from "../../_shared/contract/json.ts";
import { type Html, html } from "../../_shared/html.ts";
import { renderText } from "../filters.ts";
import type { Message } from "./message.ts";

/** The most of the question that a subject repeats, in characters. */
const LONGEST_SUBJECT = 100;

/** What a mail that asks for a decision says. */
export interface ApprovalRequest {
  readonly from: string;
  readonly to: string;
  /** The question; its first line is the subject without one of its own. */
  readonly message: string;
  readonly subject?: string | undefined;
  readonly details?: Readonly<Record<string, Json>> | undefined;
  /** Where the recipient decides. */
  readonly link: string;
  readonly isReminder: boolean;
}

/** The mail that asks one recipient, as text and as HTML. */
export function approvalRequest(request: ApprovalRequest): Message {
  const { from, to, message, details = {}, link, isReminder } = request;
  const facts = Object.entries(details).map(([name, value]) => ({ name, text: renderText(value) }));
  const subject = request.subject ?? `Please decide: ${firstLineOf(message)}`;
  return {
    from,
    to: [to],
    subject: isReminder ? `Reminder: ${subject}` : subject,
    text: [
      message,
      ...(facts.length === 0 ? [] : [facts.map(({ name, text }) => `${name}: ${text}`).join("\n")]),
      `Approve or reject here:\n${link}`,
    ].join("\n\n"),
    html: html`<p style="white-space: pre-line">${message}</p>
${facts.length === 0 ? [] : tableOf(facts)}
<p><a href="${link}">Approve or reject</a></p>`.html,
  };
}

function firstLineOf(message: string): string {
  const [line = ""] = message.trim().split(/\r?\n/, 1);
  return line.slice(0, LONGEST_SUBJECT).toWellFormed();
}

function tableOf(facts: readonly { name: string; text: string }[]): Html {
  const rows = facts.map(({ name, text }) =>
    html`
      <tr>
        <th align="left">${name}</th>
        <td>${text}</td>
      </tr>
    `
  );
  return html`<table>${rows}</table>`;
}
