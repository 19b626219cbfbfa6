import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import type { Json } from "../../_shared/contract/json.ts";
import type { Logger } from "../../_shared/logger.ts";
import { tokenHash } from "../../_shared/signed_link.ts";
import { startServer, type TestServer } from "../../_shared/testing/http_server.ts";
import { silentLogger } from "../../_shared/testing/silent_logger.ts";
import { checked, type Context } from "../handler.ts";
import type { Outcome } from "../outcome.ts";
import { sampleContext } from "../testing/samples.ts";
import * as approval from "./approval.ts";

const QUESTION = {
  message: "Refund order 7?\nThe customer waits.",
  details: { amount: 20, "paid by": "<card>" },
  role: "manager",
  expires_in: "3 days",
  remind_after: "1 day",
};
const MAIL = { from: "shop@acme.example", to: ["ada@acme.example", "Bob <bob@acme.example>"] };

function ask(payload: Json, context: Context): Promise<Outcome> {
  return checked(approval)(payload, context);
}

function contextOf(
  server: TestServer,
  options: { meta?: Context["action"]["meta"]; logger?: Logger } = {},
): Context {
  const context = sampleContext(
    { RESEND_API_KEY: "re_1", RESEND_BASE_URL: server.url },
    options.logger && { logger: options.logger },
  );
  return { ...context, action: { ...context.action, meta: options.meta ?? {} } };
}

function mailsOf(server: TestServer) {
  return server.requests.map(({ body, headers }) => ({
    ...JSON.parse(body),
    key: headers.get("idempotency-key"),
  })).sort((one, other) => String(one.to).localeCompare(String(other.to)));
}

function tokensOf(outcome: Outcome) {
  assert(outcome.kind === "waiting" && outcome.wait?.kind === "approval");
  return outcome.wait.tokens;
}

function accepting(): TestServer {
  return startServer(() => Response.json({ id: "mail_1" }));
}

Deno.test("without recipients nothing is sent, and the approval waits", async () => {
  await using server = accepting();
  assertEquals(await ask(QUESTION, contextOf(server)), {
    kind: "waiting",
    wait: { kind: "approval", ...QUESTION, tokens: [] },
  });
  assertEquals(server.requests, []);
});

Deno.test("each recipient gets a mail of their own, and its token is known by its hash", async () => {
  await using server = accepting();
  const outcome = await ask({ ...QUESTION, ...MAIL }, contextOf(server));
  const tokens = tokensOf(outcome);
  assertEquals(tokens.map(({ recipient }) => recipient), MAIL.to);
  const mails = mailsOf(server);
  assertEquals(mails.map(({ to }) => to), MAIL.to.map((address) => [address]));
  for (const [index, mail] of mails.entries()) {
    const [link = ""] = /https:\S+/.exec(mail.text) ?? [];
    assertStringIncludes(link, "/functions/v1/workflow-webhook/approval?token=");
    const token = new URL(link).searchParams.get("token") ?? "";
    assertEquals<unknown>(await tokenHash(token), tokens[index]?.hash);
    assertStringIncludes(mail.html, `href="${link}"`);
  }
  assertNotEquals(mails[0].key, mails[1].key);
});

Deno.test("what is waited for does not hold the mail", async () => {
  await using server = accepting();
  const outcome = await ask({ ...QUESTION, ...MAIL, subject: "Refund" }, contextOf(server));
  assert(outcome.kind === "waiting");
  assertEquals(outcome.wait, { kind: "approval", ...QUESTION, tokens: tokensOf(outcome) });
});

Deno.test("a mail shows the question and its details", async () => {
  await using server = accepting();
  await ask({ ...QUESTION, ...MAIL, to: "ada@acme.example" }, contextOf(server));
  const [mail] = mailsOf(server);
  assertEquals(mail.from, MAIL.from);
  assertEquals(mail.subject, "Please decide: Refund order 7?");
  assertStringIncludes(mail.text, `${QUESTION.message}\n\namount: 20\npaid by: <card>\n\n`);
  assertStringIncludes(mail.html, "<td>&lt;card&gt;</td>");
});

Deno.test("the same address twice is one recipient", async () => {
  await using server = accepting();
  const to = ["ada@acme.example", "ada@acme.example"];
  const outcome = await ask({ ...QUESTION, ...MAIL, to }, contextOf(server));
  assertEquals(tokensOf(outcome).length, 1);
  assertEquals(server.requests.length, 1);
});

Deno.test("a reminder mails the same links under keys of its own and waits as before", async () => {
  await using server = accepting();
  const payload = { ...QUESTION, ...MAIL, to: "ada@acme.example", subject: "Refund" };
  const first = await ask(payload, contextOf(server));
  const second = await ask(payload, contextOf(server, { meta: { reminder: 2 } }));
  assertEquals(second, first);
  const [asked, reminded] = mailsOf(server);
  assertEquals([asked.subject, reminded.subject], ["Refund", "Reminder: Refund"]);
  assertEquals(reminded.text, asked.text);
  assertEquals(reminded.key, asked.key.replace("welcome-1", "welcome-1-reminder-2"));
});

Deno.test("a mail that cannot be sent ends the attempt as it ends that of send_email", async () => {
  await using server = startServer(({ body }) => {
    const status = body.includes("bob@") ? 503 : 200;
    return Response.json({ id: "mail_1" }, { status });
  });
  const outcome = await ask({ ...QUESTION, ...MAIL }, contextOf(server));
  assertEquals(outcome.kind, "retry");
});

Deno.test("a provider that takes two mails a second gets the third one after a pause", async () => {
  let taken = 0;
  await using server = startServer(() => {
    taken++;
    if (taken !== 3) return Response.json({ id: "mail_1" });
    return Response.json({}, { status: 429, headers: { "retry-after": "1" } });
  });
  const pauses: number[] = [];
  const to = ["ada@acme.example", "bob@acme.example", "cleo@acme.example"];
  const outcome = await ask({ ...QUESTION, ...MAIL, to }, {
    ...contextOf(server),
    sleep: (ms) => Promise.resolve(void pauses.push(ms)),
  });
  assertEquals(tokensOf(outcome).map(({ recipient }) => recipient), to);
  const asked = server.requests.map(({ body }) => JSON.parse(body).to[0]);
  assertEquals(asked, [...to, "cleo@acme.example"]);
  assertEquals(pauses, [1000]);
});

for (const retryAfter of ["0", "60"]) {
  Deno.test(`a provider that keeps refusing (Retry-After: ${retryAfter}) is asked by another attempt`, async () => {
    await using server = startServer(() =>
      Response.json({}, { status: 429, headers: { "retry-after": retryAfter } })
    );
    const outcome = await ask({ ...QUESTION, ...MAIL }, contextOf(server));
    assert(outcome.kind === "retry");
    assertEquals(outcome.after, Number(retryAfter) * 1000);
    assertEquals(server.requests.length, retryAfter === "0" ? 6 : 1);
  });
}

Deno.test("without a provider of mail the failure says what to type", async () => {
  const outcome = await ask({ ...QUESTION, ...MAIL }, sampleContext());
  assert(outcome.kind === "failed");
  assertStringIncludes(outcome.reason, "supabase secrets set RESEND_API_KEY=");
});

Deno.test("a reminder that cannot be sent is logged, and the approval waits on", async () => {
  const logger = silentLogger();
  await using server = startServer(() => Response.json({ message: "Bad from" }, { status: 422 }));
  const payload = { ...QUESTION, ...MAIL };
  const refused = await ask(payload, contextOf(server, { meta: { reminder: 1 }, logger }));
  const unanswered = await ask(payload, {
    ...contextOf(server, { meta: { reminder: 1 }, logger }),
    fetch: () => Promise.reject(new Error("no answer")),
  });
  assertEquals([refused.kind, unanswered.kind], ["waiting", "waiting"]);
  assertEquals(logger.lines.length, 4);
  assertStringIncludes(logger.lines[0] ?? "", "warn Cannot send a reminder");
  assertStringIncludes(logger.lines[0] ?? "", "Resend answered 422");
  assertStringIncludes(logger.lines[3] ?? "", "no answer");
});

for (
  const [name, payload, problem] of [
    ["no message", { role: "manager" }, '"payload.message"'],
    ["a recipient that is no address", { ...QUESTION, ...MAIL, to: "ada" }, '"payload.to'],
    ["no recipient in a list", { ...QUESTION, ...MAIL, to: [] }, '"payload.to'],
    ["recipients and no sender", { ...QUESTION, to: "a@b.c" }, '"payload.from"'],
    ["details that are no object", { ...QUESTION, details: "20" }, '"payload.details"'],
    ["a key that is misspelt", { ...QUESTION, expires: "1 day" }, '"expires"'],
    [
      "an expiry that nobody can read",
      { ...QUESTION, ...MAIL, expires_in: "a few days" },
      "expires_in",
    ],
    [
      "reminders every second",
      { ...QUESTION, ...MAIL, remind_after: "30 seconds" },
      "remind_after",
    ],
    ["tokens of its own", { ...QUESTION, tokens: [] }, '"tokens"'],
  ] satisfies [string, Json, string][]
) {
  Deno.test(`an approval with ${name} fails for good and says where`, async () => {
    const outcome = await ask(payload, sampleContext());
    assert(outcome.kind === "failed");
    assertStringIncludes(outcome.reason, problem);
  });
}
