import { assertEquals } from "@std/assert";
import { AttemptSecrets, Secrets } from "./secrets.ts";

function secretsOf(variables: Record<string, string>): Secrets {
  const environment = new Map(Object.entries(variables));
  return new Secrets((name) => environment.get(name));
}

Deno.test("a secret that a handler read is redacted", () => {
  const secrets = secretsOf({ SLACK_TOKEN: "xoxb-1234567" });
  assertEquals(secrets.redact("token xoxb-1234567"), "token xoxb-1234567");
  assertEquals(secrets.read("SLACK_TOKEN"), "xoxb-1234567");
  assertEquals(secrets.redact("token xoxb-1234567!"), "token [redacted SLACK_TOKEN]!");
});

Deno.test("the engine's own secrets are redacted from the start, each of a list", () => {
  const secrets = secretsOf({
    SUPABASE_SECRET_KEYS: '{"default":"sb_secret_12345"}',
    WORKFLOW_SECRET: "whsec_aaaaaaaa whsec_bbbbbbbb",
  });
  assertEquals(
    secrets.redact("sb_secret_12345 whsec_bbbbbbbb default"),
    "[redacted SUPABASE_SECRET_KEYS] [redacted WORKFLOW_SECRET] default",
  );
});

Deno.test("a secret is redacted as it stands in JSON", () => {
  const secrets = secretsOf({ WORKFLOW_WEBHOOK_SECRET: 'with"quotes"' });
  assertEquals(
    secrets.redact(JSON.stringify({ key: 'with"quotes"' })),
    '{"key":"[redacted WORKFLOW_WEBHOOK_SECRET]"}',
  );
});

Deno.test("short values are not redacted, because they are ordinary words", () => {
  const secrets = secretsOf({ RESEND_API_KEY: "re_1" });
  assertEquals(secrets.redact("re_1"), "re_1");
});

Deno.test("a secret that is not set, or empty, is none", () => {
  assertEquals(secretsOf({ EMPTY: "" }).read("EMPTY"), undefined);
  assertEquals(secretsOf({}).read("MISSING"), undefined);
});

Deno.test("a secret that begins with another is redacted whole", () => {
  const secrets = secretsOf({ SHORT: "abcdefgh", LONG: "abcdefgh-ijkl" });
  secrets.read("SHORT");
  secrets.read("LONG");
  assertEquals(secrets.redact("abcdefgh-ijkl abcdefgh"), "[redacted LONG] [redacted SHORT]");
});

Deno.test("what an attempt hides is redacted for it and forgotten with it", () => {
  const secrets = secretsOf({ WORKFLOW_SECRET: "whsec_aaaaaaaa" });
  const attempt = new AttemptSecrets(secrets);
  attempt.hide("k3y-of-a-link", "callback signature");
  assertEquals(
    attempt.redact("k3y-of-a-link whsec_aaaaaaaa"),
    "[redacted callback signature] [redacted WORKFLOW_SECRET]",
  );
  assertEquals(new AttemptSecrets(secrets).redact("k3y-of-a-link"), "k3y-of-a-link");
});

Deno.test("a secret that an attempt read is redacted everywhere", () => {
  const secrets = secretsOf({ SLACK_TOKEN: "xoxb-1234567" });
  assertEquals(new AttemptSecrets(secrets).read("SLACK_TOKEN"), "xoxb-1234567");
  assertEquals(secrets.redact("xoxb-1234567"), "[redacted SLACK_TOKEN]");
});
