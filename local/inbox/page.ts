import { escape } from "@std/html/entities.js";
import type { Message } from "./message.ts";

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
  a { color: inherit; } h1 a { text-decoration: none; }
  table { border-collapse: collapse; width: 100%; }
  th, td { border-bottom: 1px solid #8884; padding: .4rem .6rem; text-align: left; }
  th { font-weight: 600; } td { overflow-wrap: anywhere; } time { white-space: nowrap; }
  iframe { background: #fff; border: 1px solid #8884; height: 30rem; width: 100%; }
  pre { border: 1px solid #8884; padding: 1rem; white-space: pre-wrap; }
`;

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:",
  "x-content-type-options": "nosniff",
};

/** The page that lists mails, newest first. */
export function renderList(messages: readonly Message[]): Response {
  if (messages.length === 0) return page("Inbox", "<p>No mail has arrived yet.</p>");
  const rows = messages.map((each) =>
    `<tr><td><time>${escape(each.received_at)}</time></td><td>${escape(each.to.join(", "))}</td>
      <td><a href="/messages/${encodeURIComponent(each.id)}">${escape(each.subject)}</a></td>
      <td>${escape(each.from)}</td></tr>`
  );
  return page(
    `Inbox (${messages.length})`,
    `<table><thead><tr><th>Received</th><th>To</th><th>Subject</th><th>From</th></tr></thead>
      <tbody>${rows.join("\n")}</tbody></table>`,
  );
}

/** The page of one mail; its HTML is shown in a frame that may run and reach nothing. */
export function renderMessage(message: Message): Response {
  const facts: [string, string][] = [
    ["From", message.from],
    ["To", message.to.join(", ")],
    ["Cc", message.cc.join(", ")],
    ["Bcc", message.bcc.join(", ")],
    ["Reply to", message.reply_to.join(", ")],
    ["Received", `${message.received_at} through ${message.provider}`],
    ...Object.entries(message.headers),
  ];
  const rows = facts.filter(([, value]) => value !== "").map(([name, value]) =>
    `<tr><th scope="row">${escape(name)}</th><td>${escape(value)}</td></tr>`
  );
  return page(message.subject, `<table>${rows.join("\n")}</table>${renderBodies(message)}`);
}

function renderBodies({ html, text }: Message): string {
  const frame = html === null
    ? ""
    : `<h2>HTML</h2><iframe sandbox="" title="HTML" srcdoc="${escape(html)}"></iframe>`;
  return `${frame}${text === null ? "" : `<h2>Text</h2><pre>${escape(text)}</pre>`}`;
}

function page(title: string, content: string): Response {
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escape(title)}</title><style>${STYLE}</style></head>
<body><h1><a href="/" title="All mails">✉</a> ${escape(title)}</h1>${content}</body>
</html>`;
  return new Response(html, { headers: HEADERS });
}
