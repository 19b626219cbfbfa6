import { LONGEST_COMMENT } from "../_shared/contract/approval.ts";
import { type Html, html } from "../_shared/html.ts";
import type { ApprovalView, Fact } from "./approval_view.ts";

const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f4f2; --card: #fff; --ink: #1c1e21; --faint: #62676d; --line: #dddfe2;
  --yes: #17703d; --no: #b3261e; --on-colour: #fff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #141517; --card: #1e2023; --ink: #eceef0; --faint: #a3a9b0; --line: #383c41;
    --yes: #6fce95; --no: #ff9d94; --on-colour: #10120f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: clamp(0rem, 5vw, 4rem) 0; background: var(--page); color: var(--ink);
  font: 1.0625rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
main {
  max-width: 36rem; margin: auto; padding: clamp(1.25rem, 5vw, 2.5rem);
  background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
}
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; }
.approved h1 { color: var(--yes); }
.rejected h1 { color: var(--no); }
p { margin: 0 0 1rem; }
.workflow, dt { color: var(--faint); font-size: .9375rem; }
.workflow { margin: 0 0 .25rem; }
.message { font-size: 1.125rem; white-space: pre-line; }
dl {
  display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 3fr); gap: .5rem 1.25rem;
  margin: 1.25rem 0; padding-top: 1.25rem; border-top: 1px solid var(--line);
}
dt::first-letter { text-transform: uppercase; }
dd { margin: 0; white-space: pre-wrap; }
label { display: block; margin-bottom: .375rem; font-weight: 600; }
textarea {
  display: block; width: 100%; min-height: 5.5rem; margin-bottom: 1.25rem; padding: .625rem;
  border: 1px solid var(--faint); border-radius: .5rem; background: transparent; color: inherit;
  font: inherit; resize: vertical;
}
main > :last-child { margin-bottom: 0; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; }
button {
  flex: 1 1 9rem; min-height: 3rem; padding: .5rem 1rem; border: 2px solid var(--yes);
  border-radius: .5rem; background: var(--yes); color: var(--on-colour);
  font: inherit; font-weight: 600; cursor: pointer;
}
button.no { border-color: var(--no); background: transparent; color: var(--no); }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
@media (max-width: 30rem) {
  main { border-width: 0 0 1px; border-radius: 0; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .75rem; }
}
`;

/** Lets the page have its own style and send its own form, and nothing else. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${await sha256(STYLE)}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The page of an approval: the question, and the form that decides it while it is open. */
export function renderApproval(view: ApprovalView, token: string): string {
  const { heading, state, isOpen, workflow, message, details, facts, status } = view;
  const content = html`<p class="workflow">${workflow}</p>
<h1>${heading}</h1>
${isOpen ? [] : html`<p role="status">${state}</p>`}
<p class="message" dir="auto">${message}</p>
${[renderFacts(details), renderFacts(facts)]}
${isOpen ? renderForm(token) : []}`;
  return renderPage(heading, status, content);
}

/** A page that only says something, such as why there is nothing to decide. */
export function renderNotice(heading: string, text: string): string {
  return renderPage(
    heading,
    "notice",
    html`
      <h1>${heading}</h1>
      <p>${text}</p>
    `,
  );
}

function renderFacts(facts: readonly Fact[]): Html {
  if (facts.length === 0) return html``;
  const rows = facts.map(({ name, text }) => html`<dt>${name}</dt><dd dir="auto">${text}</dd>\n`);
  return html`
    <dl>
    ${rows}</dl>
  `;
}

function renderForm(token: string): Html {
  return html`
    <form method="post" action="approval">
      <input type="hidden" name="token" value="${token}">
      <label for="comment">Comment (optional)</label>
      <textarea id="comment" name="comment" maxlength="${String(LONGEST_COMMENT)}"></textarea>
      <div class="buttons">
        <button class="yes" name="decision" value="approved">Approve</button>
        <button class="no" name="decision" value="rejected">Reject</button>
      </div>
    </form>
  `;
}

function renderPage(title: string, className: string, content: Html): string {
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title}</title>
        <style>${{ html: STYLE }}</style>
      </head>
      <body>
        <main class="${className}">
    ${content}
        </main>
      </body>
    </html>
  `.html;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
