import { assertEquals } from "@std/assert";
import { html } from "./html.ts";

Deno.test("texts are escaped, in content and in attributes", () => {
  const text = `</p><script>alert("1 & '2'")</script>`;
  assertEquals(
    html`<p title="${text}">${text}</p>`.html,
    '<p title="&lt;/p&gt;&lt;script&gt;alert(&quot;1 &amp; &#39;2&#39;&quot;)&lt;/script&gt;">' +
      "&lt;/p&gt;&lt;script&gt;alert(&quot;1 &amp; &#39;2&#39;&quot;)&lt;/script&gt;</p>",
  );
});

Deno.test("pieces of HTML stay what they are, alone and in lists", () => {
  const items = ["a", "<b>"].map((item) => html`<li>${item}</li>`);
  assertEquals(
    html`<ul>${items}</ul>${items[0] ?? ""}`.html,
    "<ul><li>a</li><li>&lt;b&gt;</li></ul><li>a</li>",
  );
});
