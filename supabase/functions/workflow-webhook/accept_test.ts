import { assertEquals } from "@std/assert";
import { preferredForm, servedForm } from "./accept.ts";
import { BROWSER } from "./testing/samples.ts";

for (
  const [accept, form] of [
    [BROWSER, "page"],
    ["application/json, text/plain, */*", "json"],
    ["application/json;q=0.5, text/html", "page"],
    ["text/html;level=1;q=0.4, TEXT/PLAIN ; q=0.7", "text"],
    ["text/html;q=0, application/json;q=0.1", "json"],
    ["text/html;q=high, application/json", "json"],
  ] as const
) {
  Deno.test(`"${accept}" likes ${form} best`, () => {
    assertEquals(preferredForm(new Headers({ accept }), "text"), form);
  });
}

for (const accept of ["*/*", "image/png", "", "text/html;q=0, application/json;q=0.0"]) {
  Deno.test(`"${accept}" gets what everybody gets`, () => {
    assertEquals(preferredForm(new Headers({ accept }), "json"), "json");
    assertEquals(preferredForm(new Headers({ accept }), "page"), "page");
  });
}

Deno.test("text stands in where pages cannot be served", () => {
  const headers = new Headers({ accept: BROWSER });
  assertEquals(servedForm(headers, "json", false), "text");
  assertEquals(servedForm(headers, "json", true), "page");
  assertEquals(servedForm(new Headers({ accept: "application/json" }), "page", false), "json");
});
