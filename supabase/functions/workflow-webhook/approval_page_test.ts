import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { CONTENT_SECURITY_POLICY, renderApproval, renderNotice } from "./approval_page.ts";
import { viewApproval } from "./approval_view.ts";
import { rejectedApproval, sampleApproval, TOKEN } from "./testing/samples.ts";

const HOSTILE = `"'><script>alert(1)</script><img src=https://evil.example>`;

function render(approval = sampleApproval()): string {
  return renderApproval(viewApproval(approval), TOKEN);
}

Deno.test("whatever stands in an approval is text on its page", () => {
  const hostile = sampleApproval({
    workflow: HOSTILE,
    message: HOSTILE,
    details: { [HOSTILE]: HOSTILE, list: [HOSTILE], object: { [HOSTILE]: HOSTILE } },
    role: HOSTILE,
    recipient: HOSTILE,
    comment: HOSTILE,
    decided_by: HOSTILE,
  });
  for (const status of ["pending", "approved"] as const) {
    const page = render({ ...hostile, status });
    assertEquals(/<script|<img/.test(page), false);
    assertStringIncludes(page, "&lt;script&gt;");
  }
  assertEquals(/<script|<img/.test(renderNotice(HOSTILE, HOSTILE)), false);
});

Deno.test("the policy lets the page's own style through", () => {
  const [, style = ""] = /<style>([\s\S]*)<\/style>/.exec(render()) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  assertStringIncludes(CONTENT_SECURITY_POLICY, `style-src 'sha256-${hash}'`);
});

Deno.test("the page needs nothing from elsewhere, and no style that the policy refuses", () => {
  const page = render();
  assertEquals(/\b(src|href|srcset|style)=|url\(|@import/.test(page), false);
});

Deno.test("the form sends token, comment and decision, and leaves the token out of the address", () => {
  const page = render();
  assertStringIncludes(page, '<form method="post" action="approval">');
  assertStringIncludes(page, `<input type="hidden" name="token" value="${TOKEN}">`);
  assertMatch(page, /<textarea id="comment" name="comment" maxlength="2000"><\/textarea>/);
  assertMatch(page, /name="decision" value="approved">Approve<\/button>/);
  assertMatch(page, /name="decision" value="rejected">Reject<\/button>/);
});

Deno.test("the page says its language and title, and labels its one field", () => {
  const page = render();
  assertStringIncludes(page, '<html lang="en">');
  assertStringIncludes(page, "<title>Your decision is needed</title>");
  assertStringIncludes(page, '<label for="comment">');
  assertStringIncludes(page, 'name="viewport" content="width=device-width, initial-scale=1"');
  assertEquals(page.match(/<h1>/g)?.length, 1);
});

Deno.test("details are a list of terms, in their order", () => {
  const page = render(sampleApproval({ details: { amount: 120, paid: false, note: "a\nb" } }));
  const terms = [...page.matchAll(/<dt>(.*?)<\/dt>\s*<dd dir="auto">([\s\S]*?)<\/dd>/g)];
  assertEquals(terms.map(([, name, text]) => [name, text]), [
    ["amount", "120"],
    ["paid", "false"],
    ["note", "a\nb"],
    ["Role", "finance"],
    ["Sent to", "ada@example.com"],
    ["Decide by", "2 December 2026 at 14:00 UTC"],
  ]);
});

Deno.test("without details, a role and a comment there is no empty list", () => {
  const page = render({ ...rejectedApproval(), details: {}, role: null, comment: null });
  assertEquals(page.match(/<dl>/g)?.length, 1);
  assertEquals([...page.matchAll(/<dt>(.*?)<\/dt>/g)].map(([, name]) => name), ["Sent to"]);
});
