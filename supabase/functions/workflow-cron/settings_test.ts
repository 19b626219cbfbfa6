import { assertEquals, assertThrows } from "@std/assert";
import { readSettings } from "./settings.ts";

const URL_ONLY = { SUPABASE_URL: "http://127.0.0.1:54321" };

function read(variables: Record<string, string>) {
  const environment = new Map(Object.entries(variables));
  return readSettings((name) => environment.get(name));
}

Deno.test("everything but the project's address has a default", () => {
  assertEquals(read(URL_ONLY), {
    supabaseUrl: "http://127.0.0.1:54321",
    publicUrl: "http://127.0.0.1:54321",
    wakeUpSecrets: [],
    allowedHosts: [],
    concurrency: 200,
    batch: 200,
    wallMs: 75_000,
    maxActions: 1000,
    lingerMs: 2000,
  });
});

Deno.test("an empty variable is one that is not set", () => {
  assertEquals(read({ ...URL_ONLY, WORKFLOW_CONCURRENCY: "" }).concurrency, 200);
});

Deno.test("links may begin with another address than the Data API has", () => {
  const settings = read({ ...URL_ONLY, WORKFLOW_PUBLIC_URL: "https://api.example.com" });
  assertEquals(settings.publicUrl, "https://api.example.com");
  assertEquals(settings.supabaseUrl, URL_ONLY.SUPABASE_URL);
});

Deno.test("lists are split", () => {
  const settings = read({
    ...URL_ONLY,
    WORKFLOW_SECRET: "whsec_a  whsec_b",
    WORKFLOW_ALLOWED_HOSTS: "127.0.0.1, app.internal:8080",
  });
  assertEquals(settings.wakeUpSecrets, ["whsec_a", "whsec_b"]);
  assertEquals(settings.allowedHosts, ["127.0.0.1", "app.internal:8080"]);
});

for (
  const [name, value] of [
    ["SUPABASE_URL", "nowhere"],
    ["WORKFLOW_PUBLIC_URL", "api.example.com"],
    ["WORKFLOW_PUBLIC_URL", "javascript:alert(1)"],
    ["WORKFLOW_CONCURRENCY", "many"],
    ["WORKFLOW_CONCURRENCY", "0"],
    ["WORKFLOW_BATCH", "5001"],
    ["WORKFLOW_WALL_SECONDS", "-1"],
  ] as const
) {
  Deno.test(`${name}=${value} is refused by name`, () => {
    assertThrows(() => read({ ...URL_ONLY, [name]: value }), Error, `${name}: `);
  });
}
