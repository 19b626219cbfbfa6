import type { Approval } from "../_shared/contract/approval.ts";
import type { Json } from "../_shared/contract/json.ts";

/** What a person reads of an approval, whatever it is shown as. */
export interface ApprovalView {
  readonly status: Approval["status"];
  readonly heading: string;
  /** What became of it, in a sentence. */
  readonly state: string;
  readonly message: string;
  readonly workflow: string;
  readonly details: readonly Fact[];
  readonly facts: readonly Fact[];
  readonly isOpen: boolean;
}

/** A name and what it is. */
export interface Fact {
  readonly name: string;
  readonly text: string;
}

/** Puts an approval into words. */
export function viewApproval(approval: Approval): ApprovalView {
  const { workflow, message, details, status } = approval;
  return {
    ...outcomeOf(approval),
    status,
    message,
    workflow,
    details: Object.entries(details).map(([name, value]) => ({ name, text: describe(value) })),
    facts: factsOf(approval),
    isOpen: status === "pending",
  };
}

function outcomeOf(approval: Approval): { heading: string; state: string } {
  const { status, decided_by, decided_at, expires_at } = approval;
  const by = `by ${decided_by} on ${formatTime(decided_at ?? expires_at)}`;
  switch (status) {
    case "pending":
      return { heading: "Your decision is needed", state: "Nobody has decided yet." };
    case "approved":
      return { heading: "Approved", state: `This was approved ${by}.` };
    case "rejected":
      return { heading: "Rejected", state: `This was rejected ${by}.` };
    case "expired":
      return { heading: "Expired", state: `Nobody had decided by ${formatTime(expires_at)}.` };
    case "stopped":
      return { heading: "No longer needed", state: "What asked for this decision was stopped." };
  }
}

function factsOf({ role, recipient, status, expires_at, comment }: Approval): Fact[] {
  return [
    ...(comment === null ? [] : [{ name: "Comment", text: comment }]),
    ...(role === null ? [] : [{ name: "Role", text: role }]),
    { name: "Sent to", text: recipient },
    ...(status === "pending" ? [{ name: "Decide by", text: formatTime(expires_at) }] : []),
  ];
}

/** Texts as they are, a list of them with commas, an object of them in lines; all else as JSON. */
function describe(value: Json): string {
  if (!isNested(value)) return value === null ? "–" : String(value);
  if (Object.values(value).some(isNested)) return JSON.stringify(value, null, 2);
  if (Array.isArray(value)) return value.map(describe).join(", ");
  return Object.entries(value).map(([name, item]) => `${name}: ${describe(item)}`).join("\n");
}

function isNested(value: Json): value is Json[] | { [key: string]: Json } {
  return typeof value === "object" && value !== null;
}

const TIME = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "long",
  timeStyle: "short",
  timeZone: "UTC",
});

function formatTime(time: string): string {
  return `${TIME.format(new Date(time))} UTC`;
}
