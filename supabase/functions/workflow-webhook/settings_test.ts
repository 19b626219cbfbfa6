import { assertEquals, assertThrows } from "@std/assert";
import { canServePages, readSettings } from "./settings.ts";

const SUPABASE_URL = "https://project.supabase.co";

function read(variables: Record<string, string>) {
  const environment = new Map(Object.entries(variables));
  return readSettings((name) => environment.get(name));
}

Deno.test("everything but the project's address may be missing", () => {
  assertEquals(read({ SUPABASE_URL }), {
    supabaseUrl: SUPABASE_URL,
    publicUrl: SUPABASE_URL,
    secrets: [],
    approvalUrl: undefined,
  });
});

Deno.test("secrets are split, and an empty page is none", () => {
  const { secrets, approvalUrl } = read({
    SUPABASE_URL,
    WORKFLOW_SECRET: " whsec_a  whsec_b",
    WORKFLOW_APPROVAL_URL: "",
  });
  assertEquals([secrets, approvalUrl], [["whsec_a", "whsec_b"], undefined]);
});

Deno.test("links may begin with another address than the Data API has", () => {
  const settings = read({ SUPABASE_URL, WORKFLOW_PUBLIC_URL: "https://api.example.com" });
  assertEquals(settings.publicUrl, "https://api.example.com");
  assertEquals(settings.supabaseUrl, SUPABASE_URL);
});

for (const url of ["https://app.example.com/approve?x=1#/y", "http://127.0.0.1:3000/"]) {
  Deno.test(`the page of an application may be ${url}`, () => {
    assertEquals(read({ SUPABASE_URL, WORKFLOW_APPROVAL_URL: url }).approvalUrl, url);
  });
}

for (const name of ["WORKFLOW_APPROVAL_URL", "WORKFLOW_PUBLIC_URL"]) {
  for (const url of ["/approve", "app.example.com", "javascript:alert(1)", "ftp://example.com/"]) {
    Deno.test(`${name} may not be ${url}`, () => {
      assertThrows(() => read({ SUPABASE_URL, [name]: url }), Error, `${name}: `);
    });
  }
}

Deno.test("pages are served everywhere but on the platform's own domain", () => {
  assertEquals(canServePages("https://abcdefghijklmnopqrst.supabase.co"), false);
  assertEquals(canServePages("https://abcdefghijklmnopqrst.supabase.in"), false);
  assertEquals(canServePages("https://api.example.com"), true);
  assertEquals(canServePages("http://127.0.0.1:54321"), true);
  assertEquals(canServePages("https://supabase.co.example.com"), true);
  assertEquals(canServePages("https://notsupabase.in"), true);
});
