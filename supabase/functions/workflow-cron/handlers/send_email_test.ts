import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Json } from "../../_shared/contract/json.ts";
import { startServer, type TestServer } from "../../_shared/testing/http_server.ts";
import { checked, type Context } from "../handler.ts";
import type { Outcome } from "../outcome.ts";
import { sampleContext } from "../testing/samples.ts";
import * as sendEmail from "./send_email.ts";

const MESSAGE = {
  from: "Acme <hello@acme.example>",
  to: "ada@example.com",
  subject: "Welcome",
  text: "Good to have you.",
};

function send(payload: Json, context: Context): Promise<Outcome> {
  return checked(sendEmail)(payload, context);
}

function resend(server: TestServer): Context {
  return sampleContext({ RESEND_API_KEY: "re_1", RESEND_BASE_URL: server.url });
}

function sendgrid(server: TestServer): Context {
  return sampleContext({ SENDGRID_API_KEY: "SG.1", SENDGRID_BASE_URL: `${server.url}/` });
}

Deno.test("a mail goes through Resend with the action's idempotency key", async () => {
  await using server = startServer(() => Response.json({ id: "mail_1" }));
  const outcome = await send({ ...MESSAGE, cc: ["b@example.com"] }, resend(server));
  assertEquals(outcome, {
    kind: "completed",
    output: { provider: "resend", id: "mail_1" },
    httpStatus: 200,
  });
  const [request] = server.requests;
  assertEquals(request?.method, "POST");
  assertEquals(request?.path, "/emails");
  assertEquals(request?.headers.get("authorization"), "Bearer re_1");
  assertEquals(request?.headers.get("idempotency-key"), "welcome-1");
  assertEquals(JSON.parse(request?.body ?? ""), {
    ...MESSAGE,
    to: ["ada@example.com"],
    cc: ["b@example.com"],
  });
});

Deno.test("a mail goes through SendGrid when only its key is set", async () => {
  await using server = startServer(() =>
    new Response(null, { status: 202, headers: { "x-message-id": "sg_1" } })
  );
  const payload = { ...MESSAGE, html: "<p>Hi</p>", reply_to: ["help@acme.example"] };
  const outcome = await send(payload, sendgrid(server));
  assertEquals(outcome, {
    kind: "completed",
    output: { provider: "sendgrid", id: "sg_1" },
    httpStatus: 202,
  });
  const [request] = server.requests;
  assertEquals(request?.path, "/v3/mail/send");
  assertEquals(request?.headers.get("authorization"), "Bearer SG.1");
  assertEquals(JSON.parse(request?.body ?? ""), {
    from: { email: "hello@acme.example", name: "Acme" },
    personalizations: [{ to: [{ email: "ada@example.com" }] }],
    reply_to_list: [{ email: "help@acme.example" }],
    subject: "Welcome",
    content: [
      { type: "text/plain", value: "Good to have you." },
      { type: "text/html", value: "<p>Hi</p>" },
    ],
    custom_args: { idempotency_key: "welcome-1" },
  });
});

Deno.test("Resend is taken when both keys are set", async () => {
  await using server = startServer(() => Response.json({ id: "mail_1" }));
  const context = sampleContext({
    RESEND_API_KEY: "re_1",
    RESEND_BASE_URL: server.url,
    SENDGRID_API_KEY: "SG.1",
    SENDGRID_BASE_URL: server.url,
  });
  await send(MESSAGE, context);
  assertEquals(server.requests.map(({ path }) => path), ["/emails"]);
});

Deno.test("without a key the failure says what to type", async () => {
  const outcome = await send(MESSAGE, sampleContext());
  assert(outcome.kind === "failed");
  assertStringIncludes(outcome.reason, "supabase secrets set RESEND_API_KEY=");
});

Deno.test("a provider's rate limit is waited for", async () => {
  await using server = startServer(() =>
    Response.json({ message: "Too many" }, { status: 429, headers: { "retry-after": "3" } })
  );
  for (const [provider, context] of [["Resend", resend], ["SendGrid", sendgrid]] as const) {
    const outcome = await send(MESSAGE, context(server));
    const reason = `${provider} answered 429: {"message":"Too many"}`;
    assertEquals(outcome, { kind: "retry", reason, after: 3000, httpStatus: 429 });
  }
});

Deno.test("a mail that a provider refuses fails for good", async () => {
  await using server = startServer(() => Response.json({ message: "Bad from" }, { status: 422 }));
  for (const context of [resend(server), sendgrid(server)]) {
    const outcome = await send(MESSAGE, context);
    assertEquals(outcome.kind, "failed");
  }
});

Deno.test("another message under the same idempotency key fails for good", async () => {
  await using server = startServer(() =>
    Response.json({ name: "invalid_idempotent_request", message: "…" }, { status: 409 })
  );
  const outcome = await send(MESSAGE, resend(server));
  assertEquals(outcome.kind, "failed");
});

Deno.test("a request that Resend still works on is tried again", async () => {
  await using server = startServer(() =>
    Response.json({ name: "concurrent_idempotent_requests", message: "…" }, { status: 409 })
  );
  const outcome = await send(MESSAGE, resend(server));
  assertEquals(outcome.kind, "retry");
});

for (
  const [name, payload, problem] of [
    ["no sender", { to: "a@b.c", subject: "x", text: "y" }, '"payload.from"'],
    ["no body", { from: "a@b.c", to: "a@b.c", subject: "x" }, 'Expected "html" or "text"'],
    ["no recipient", { ...MESSAGE, to: [] }, '"payload.to'],
    ["a key that is misspelt", { ...MESSAGE, subjct: "x" }, '"subjct"'],
    ["a text for a payload", "hello", '"payload"'],
  ] satisfies [string, Json, string][]
) {
  Deno.test(`a payload with ${name} fails for good and says where`, async () => {
    const outcome = await send(payload, sampleContext({ RESEND_API_KEY: "re_1" }));
    assert(outcome.kind === "failed");
    assertStringIncludes(outcome.reason, problem);
  });
}
