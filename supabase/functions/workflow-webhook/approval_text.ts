import type { ApprovalView, Fact } from "./approval_view.ts";

/** An approval as plain text, with the command that decides it while it is open. */
export function renderText(view: ApprovalView, address: string, token: string): string {
  const paragraphs = [
    view.heading.toUpperCase(),
    view.message,
    renderFacts(view.details),
    renderFacts([...view.facts, { name: "Workflow", text: view.workflow }]),
    view.isOpen ? howToDecide(address, token) : view.state,
  ];
  return paragraphs.filter((text) => text !== "").join("\n\n") + "\n";
}

function renderFacts(facts: readonly Fact[]): string {
  return facts.map(({ name, text }) => `${name}: ${text}`).join("\n");
}

function howToDecide(address: string, token: string): string {
  const body = JSON.stringify({ token, decision: "approved", comment: "" });
  return `This address has no buttons. To decide ("approved" or "rejected"), type:

curl -H 'content-type: application/json' \\
  -d '${body}' \\
  '${address}'`;
}
