import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { type SpawnedService, spawnService } from "../service/spawned_service.ts";

const MAIN = new URL("./main.ts", import.meta.url).pathname;
const MAIL = {
  from: "Shop <shop@example.com>",
  to: "ada@example.com",
  subject: "Hi",
  text: "Hello",
};
const SENDGRID_MAIL = {
  personalizations: [{ to: [{ email: "ada@example.com", name: "Ada" }] }],
  from: { email: "shop@example.com" },
  subject: "Hi",
  content: [{ type: "text/plain", value: "Hello" }, { type: "text/html", value: "<p>Hello</p>" }],
};

/** Runs a test against an inbox of its own. */
async function withInbox(test: (inbox: SpawnedService, stateDir: string) => Promise<void>) {
  const stateDir = await Deno.makeTempDir();
  try {
    await using inbox = await spawnService(MAIN, { LOCAL_STATE_DIR: stateDir });
    await test(inbox, stateDir);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
}

function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
}

function resend(inbox: SpawnedService, mail: unknown, headers: Record<string, string> = {}) {
  return post(`${inbox.url}/resend/emails`, mail, { authorization: "Bearer re_test", ...headers });
}

function sendgrid(inbox: SpawnedService, mail: unknown, key = "SG.test.test") {
  return post(`${inbox.url}/sendgrid/v3/mail/send`, mail, { authorization: `Bearer ${key}` });
}

async function messages(inbox: SpawnedService, query = ""): Promise<Record<string, unknown>[]> {
  return await (await fetch(`${inbox.url}/api/messages${query}`)).json();
}

Deno.test("the inbox takes what Resend's API takes", () =>
  withInbox(async (inbox) => {
    const response = await resend(inbox, {
      ...MAIL,
      cc: ["b@example.com"],
      headers: { "X-A": "1" },
    });
    const { id } = await response.json();
    assertEquals(response.status, 200);
    const [kept] = await messages(inbox);
    assertEquals([kept?.["id"], kept?.["to"], kept?.["cc"]], [id, [MAIL.to], ["b@example.com"]]);
    assertEquals([kept?.["text"], kept?.["html"], kept?.["headers"]], ["Hello", null, {
      "X-A": "1",
    }]);
  }));

Deno.test("the inbox refuses what Resend's API refuses, in its words", () =>
  withInbox(async (inbox) => {
    const refused: [unknown, Record<string, string>, number, string, string][] = [
      [MAIL, { authorization: "" }, 401, "missing_api_key", "Missing API key"],
      [MAIL, { authorization: "Bearer no" }, 403, "invalid_api_key", "API key is invalid"],
      [{ ...MAIL, to: undefined }, {}, 422, "missing_required_field", "Missing `to` field."],
      [{ ...MAIL, to: "ada" }, {}, 422, "validation_error", "Invalid `to` field."],
      [{ ...MAIL, from: "a@b" }, {}, 422, "validation_error", "Invalid `from` field."],
      [{ ...MAIL, text: undefined }, {}, 422, "validation_error", "Missing `html` or `text`"],
      [MAIL, { "idempotency-key": "k".repeat(257) }, 400, "invalid_idempotency_key", "1-256"],
      ["text", {}, 422, "validation_error", "must be an object"],
    ];
    for (const [mail, headers, status, name, message] of refused) {
      const response = await resend(inbox, mail, headers);
      const error = await response.json();
      assertEquals([response.status, error.statusCode, error.name], [status, status, name]);
      assertStringIncludes(error.message, message);
    }
    assertEquals(await messages(inbox), []);
  }));

Deno.test("a repeated idempotency key sends one mail, and another mail under it is refused", () =>
  withInbox(async (inbox) => {
    const key = { "idempotency-key": "welcome/1" };
    const first = await (await resend(inbox, MAIL, key)).json();
    const again = await (await resend(inbox, MAIL, key)).json();
    assertEquals(again, first);
    const other = await resend(inbox, { ...MAIL, subject: "Other" }, key);
    assertEquals([other.status, (await other.json()).name], [409, "invalid_idempotent_request"]);
    assertEquals((await messages(inbox)).length, 1);
  }));

Deno.test("the inbox takes what SendGrid's API takes, a mail for each personalization", () =>
  withInbox(async (inbox) => {
    const two = [...SENDGRID_MAIL.personalizations, { to: [{ email: "bob@example.com" }] }];
    const response = await sendgrid(inbox, { ...SENDGRID_MAIL, personalizations: two });
    assertEquals([response.status, await response.text()], [202, ""]);
    assertMatch(response.headers.get("x-message-id") ?? "", /^[\w-]+$/);
    const kept = await messages(inbox);
    assertEquals(kept.map((each) => each["to"]), [["bob@example.com"], ["Ada <ada@example.com>"]]);
    assertEquals([kept[0]?.["text"], kept[0]?.["html"]], ["Hello", "<p>Hello</p>"]);
  }));

Deno.test("the inbox refuses what SendGrid's API refuses, naming the field", () =>
  withInbox(async (inbox) => {
    const refused: [unknown, string, number, string | null][] = [
      [SENDGRID_MAIL, "no", 401, null],
      [{ ...SENDGRID_MAIL, personalizations: [] }, "SG.a.b", 400, "personalizations"],
      [{ ...SENDGRID_MAIL, personalizations: [{}] }, "SG.a.b", 400, "personalizations.0.to"],
      [{ ...SENDGRID_MAIL, from: undefined }, "SG.a.b", 400, "from.email"],
      [{ ...SENDGRID_MAIL, subject: undefined }, "SG.a.b", 400, "subject"],
      [{ ...SENDGRID_MAIL, content: undefined }, "SG.a.b", 400, "content"],
    ];
    for (const [mail, key, status, field] of refused) {
      const response = await sendgrid(inbox, mail, key);
      const { errors } = await response.json();
      assertEquals([response.status, errors[0].field], [status, field]);
    }
    assertEquals(await messages(inbox), []);
  }));

Deno.test("a provider fails as often as it was told to, with its own rate-limit headers", () =>
  withInbox(async (inbox) => {
    const rules = `${inbox.url}/_local/rules`;
    await post(rules, { provider: "resend", status: 429, times: 2, retry_after: 1 });
    await post(rules, { provider: "sendgrid", status: 503 });
    for (let time = 0; time < 2; time++) {
      const limited = await resend(inbox, MAIL);
      assertEquals([limited.status, (await limited.json()).name], [429, "rate_limit_exceeded"]);
      assertEquals(limited.headers.get("retry-after"), "1");
      assertEquals(limited.headers.get("ratelimit-remaining"), "0");
    }
    const taken = await resend(inbox, MAIL);
    await taken.body?.cancel();
    const failed = await sendgrid(inbox, SENDGRID_MAIL);
    assertEquals((await failed.json()).errors.length, 1);
    const accepted = await sendgrid(inbox, SENDGRID_MAIL);
    assertEquals([taken.status, failed.status, accepted.status], [200, 503, 202]);
    assertEquals((await messages(inbox)).length, 2);
  }));

Deno.test("mails survive a restart, idempotency keys too, until they are deleted", async () => {
  await withInbox(async (first, stateDir) => {
    const { id } = await (await resend(first, MAIL, { "idempotency-key": "k" })).json();
    await first.stop("SIGKILL");
    await using second = await spawnService(MAIN, { LOCAL_STATE_DIR: stateDir });
    assertEquals((await messages(second)).map((each) => each["id"]), [id]);
    const again = await (await resend(second, MAIL, { "idempotency-key": "k" })).json();
    assertEquals(again.id, id);
    await fetch(`${second.url}/api/messages`, { method: "DELETE" });
    assertEquals(await messages(second), []);
  });
});

Deno.test("mails are found by address, copies and any case included", () =>
  withInbox(async (inbox) => {
    await (await resend(inbox, MAIL)).body?.cancel();
    const copied = { ...MAIL, to: ["bob@example.com"], bcc: ["Ada <ADA@example.com>"] };
    await (await resend(inbox, { ...copied, subject: "Copy" })).body?.cancel();
    const found = await messages(inbox, "?to=ada@EXAMPLE.com");
    assertEquals(found.map((each) => each["subject"]), ["Copy", "Hi"]);
    assertEquals(await messages(inbox, "?to=example.com"), []);
  }));

Deno.test("the page shows mails and lets nothing of them out of its frame", () =>
  withInbox(async (inbox) => {
    const hostile = '"><script>alert(1)</script>';
    const mail = { ...MAIL, subject: hostile, text: hostile, html: hostile };
    const { id } = await (await resend(inbox, mail)).json();
    for (const path of ["/", `/messages/${id}`]) {
      const response = await fetch(`${inbox.url}${path}`);
      const html = await response.text();
      assertStringIncludes(html, "&lt;script&gt;");
      assert(!html.includes("<script"));
      assertStringIncludes(
        response.headers.get("content-security-policy") ?? "",
        "default-src 'none'",
      );
    }
    assertStringIncludes(await (await fetch(`${inbox.url}/messages/${id}`)).text(), 'sandbox=""');
    const missing = await fetch(`${inbox.url}/messages/unknown`);
    await missing.body?.cancel();
    assertEquals(missing.status, 404);
  }));

Deno.test("an endpoint answers by its script, repeats the last answer and records requests", () =>
  withInbox(async (inbox) => {
    const script = { answers: [{ status: 503 }, { status: 200, body: { ok: 1 } }] };
    assertEquals((await post(`${inbox.url}/_local/endpoint/crm`, script)).status, 204);
    const statuses: number[] = [];
    for (let time = 0; time < 3; time++) {
      const response = await post(`${inbox.url}/endpoint/crm`, { time }, { "x-test": "kept" });
      statuses.push(response.status);
      await response.body?.cancel();
    }
    assertEquals(statuses, [503, 200, 200]);
    const recorded = await (await fetch(`${inbox.url}/_local/endpoint/crm`)).json();
    assertEquals(recorded.length, 3);
    assertEquals([recorded[2].body, recorded[2].headers["x-test"]], ['{"time":2}', "kept"]);
    assertNotEquals(recorded[0].status, recorded[1].status);
  }));

Deno.test("an endpoint answers as late as it was told to", () =>
  withInbox(async (inbox) => {
    const script = { answers: [{ status: 200 }], delay_ms: 150 };
    await post(`${inbox.url}/_local/endpoint/slow`, script);
    const started = performance.now();
    await (await post(`${inbox.url}/endpoint/slow`, {})).body?.cancel();
    assert(performance.now() - started >= 150);
  }));

Deno.test("a rule or a script that is malformed is refused with a reason", () =>
  withInbox(async (inbox) => {
    for (const path of ["/_local/rules", "/_local/endpoint/crm"]) {
      const response = await post(`${inbox.url}${path}`, { answers: [], status: "no" });
      assertEquals(response.status, 400);
      assertMatch((await response.json()).message, /answers|status/);
    }
  }));
