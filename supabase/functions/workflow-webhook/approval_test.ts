import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ApprovalDecision } from "../_shared/contract/approval.ts";
import type { Engine, Refusal } from "./engine.ts";
import {
  BROWSER,
  createTestApp,
  rejectedApproval,
  sampleApproval,
  TOKEN,
} from "./testing/samples.ts";

const ADDRESS = "https://project.example.com/workflow-webhook/approval";
const APPROVED = sampleApproval({
  status: "approved",
  decided_by: "ada@example.com",
  decided_at: "2026-12-01T09:30:00+00:00",
});

/** An engine that knows one approval and keeps what is decided. */
function engineOf(approval = sampleApproval(), refusal?: Refusal) {
  const decisions: ApprovalDecision[] = [];
  const engine: Partial<Engine> = {
    readApproval: (token) =>
      Promise.resolve(token === TOKEN ? { value: approval } : { refusal: "unknown" }),
    decide: (decision) => {
      decisions.push(decision);
      return Promise.resolve(refusal ? { refusal } : { value: APPROVED });
    },
  };
  return { engine, decisions };
}

function open(headers: HeadersInit = { accept: BROWSER }, token = TOKEN, method = "GET"): Request {
  return new Request(`${ADDRESS}?token=${token}`, { method, headers });
}

function submit(fields: Record<string, string>): Request {
  return new Request(ADDRESS, {
    method: "POST",
    headers: { accept: BROWSER },
    body: new URLSearchParams(fields),
  });
}

function send(body: unknown, headers: Record<string, string> = {}): Request {
  return new Request(ADDRESS, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "*/*", ...headers },
    body: JSON.stringify(body),
  });
}

Deno.test("opening a link shows the question and decides nothing", async () => {
  const { engine, decisions } = engineOf();
  const { app } = createTestApp(engine);
  for (const method of ["GET", "HEAD"]) {
    const response = await app(open(undefined, TOKEN, method));
    assertEquals(response.status, 200);
    const page = await response.text();
    assertStringIncludes(page, "Refund order 17?");
    assertStringIncludes(page, "ada@example.com");
    assertStringIncludes(page, "finance");
    assertStringIncludes(page, "2 December 2026 at 14:00 UTC");
    assertStringIncludes(page, `name="token" value="${TOKEN}"`);
  }
  assertEquals(decisions, []);
});

Deno.test("a page may do nothing but send its form, and nobody keeps, embeds or is told of it", async () => {
  const { app } = createTestApp(engineOf().engine);
  const { headers } = await app(open());
  assertEquals(headers.get("content-type"), "text/html; charset=utf-8");
  const policy = headers.get("content-security-policy") ?? "";
  assertMatch(policy, /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; form-action 'self'; /);
  assertStringIncludes(policy, "frame-ancestors 'none'");
  assertEquals(headers.get("referrer-policy"), "no-referrer");
  assertEquals(headers.get("cache-control"), "no-store");
  assertEquals(headers.get("x-content-type-options"), "nosniff");
});

Deno.test("a link that was decided says by whom and when, and has no buttons", async () => {
  const { app } = createTestApp(engineOf(rejectedApproval()).engine);
  const page = await (await app(open())).text();
  assertStringIncludes(page, "rejected by grace@example.com on 1 December 2026 at 09:30 UTC");
  assertStringIncludes(page, "Too late");
  assertEquals(page.includes("<form"), false);
});

for (const form of ["page", "text", "json"] as const) {
  const accept = { page: BROWSER, text: "text/plain", json: "application/json" }[form];
  Deno.test(`an unknown token is answered with 404, as ${form}`, async () => {
    const { app } = createTestApp(engineOf().engine);
    const response = await app(open({ accept }, "other"));
    assertEquals(response.status, 404);
    assertStringIncludes(
      await response.text(),
      "Open the link as it was sent, or once more in a few minutes.",
    );
  });
}

Deno.test("a link without a token is answered with 404", async () => {
  const { app } = createTestApp(engineOf().engine);
  const response = await app(new Request(ADDRESS));
  assertEquals(response.status, 404);
  await response.body?.cancel();
});

Deno.test("whoever asks for JSON gets the approval, from any origin", async () => {
  const { app } = createTestApp(engineOf().engine);
  const response = await app(open({ accept: "application/json" }));
  assertEquals(await response.json(), sampleApproval());
  assertEquals(response.headers.get("access-control-allow-origin"), "*");
});

Deno.test("where pages cannot be served, a browser gets text that says how to decide", async () => {
  const { app } = createTestApp(engineOf().engine, { canServePages: false });
  const response = await app(open());
  assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
  assertEquals(
    await response.text(),
    `YOUR DECISION IS NEEDED

Refund order 17?

amount: 120.00 €
items: pen, ink
address: city: Ulm
note: –

Role: finance
Sent to: ada@example.com
Decide by: 2 December 2026 at 14:00 UTC
Workflow: refund

This address has no buttons. To decide ("approved" or "rejected"), type:

curl -H 'content-type: application/json' \\
  -d '{"token":"${TOKEN}","decision":"approved","comment":""}' \\
  'https://project.example.com/functions/v1/workflow-webhook/approval'
`,
  );
});

Deno.test("text of what was decided says by whom", async () => {
  const { app } = createTestApp(engineOf(rejectedApproval()).engine);
  const text = await (await app(open({ accept: "text/plain" }))).text();
  assertStringIncludes(text, "This was rejected by grace@example.com");
  assertEquals(text.includes("curl"), false);
});

Deno.test("a browser is sent to the application's page with the token, if there is one", async () => {
  const approvalUrl = "https://app.example.com/approve?lang=de";
  const { app } = createTestApp(engineOf().engine, { approvalUrl });
  const response = await app(open());
  assertEquals(response.status, 303);
  assertEquals(response.headers.get("location"), `${approvalUrl}&token=${TOKEN}`);
  const asked = await app(open({ accept: "application/json" }));
  assertEquals(await asked.json(), sampleApproval());
});

Deno.test("the application's page gets one token, whatever its own address names", async () => {
  const approvalUrl = "https://app.example.com/approve?token=preview&lang=de#top";
  const { app } = createTestApp(engineOf().engine, { approvalUrl });
  const location = new URL((await app(open())).headers.get("location") ?? "");
  assertEquals(location.searchParams.getAll("token"), [TOKEN]);
  assertEquals([location.searchParams.get("lang"), location.hash], ["de", "#top"]);
});

Deno.test("the form decides, and its page says what was decided", async () => {
  const { engine, decisions } = engineOf();
  const { app } = createTestApp(engine);
  const response = await app(submit({ token: TOKEN, decision: "approved", comment: " Fine \n" }));
  assertEquals(response.status, 200);
  assertStringIncludes(await response.text(), "This was approved by ada@example.com");
  assertEquals(decisions, [{ token: TOKEN, decision: "approved", comment: "Fine" }]);
});

Deno.test("a comment that is empty is none", async () => {
  const { engine, decisions } = engineOf();
  const { app } = createTestApp(engine);
  await app(submit({ token: TOKEN, decision: "rejected", comment: " " }));
  await app(send({ token: TOKEN, decision: "rejected" }));
  assertEquals(decisions.map(({ comment }) => comment), [null, null]);
});

Deno.test("line breaks of a form count as one character each", async () => {
  const { engine, decisions } = engineOf();
  const { app } = createTestApp(engine);
  const comment = "a\r\n".repeat(999) + "a";
  const response = await app(submit({ token: TOKEN, decision: "approved", comment }));
  assertEquals(response.status, 200);
  await response.body?.cancel();
  assertEquals(decisions.map(({ comment }) => comment?.length), [1999]);
});

Deno.test("JSON decides, and is answered with the approval as JSON", async () => {
  const { engine, decisions } = engineOf();
  const { app } = createTestApp(engine);
  const response = await app(send({ token: TOKEN, decision: "approved", comment: "Fine" }));
  assertEquals([response.status, await response.json()], [200, APPROVED]);
  assertEquals(response.headers.get("access-control-allow-origin"), "*");
  assertEquals(decisions, [{ token: TOKEN, decision: "approved", comment: "Fine" }]);
});

Deno.test("whoever comes too late learns who was faster", async () => {
  const { engine } = engineOf(rejectedApproval(), "conflict");
  const { app } = createTestApp(engine);
  const body = { token: TOKEN, decision: "approved" };
  const page = await app(submit(body));
  assertEquals(page.status, 409);
  assertStringIncludes(
    await page.text(),
    "Nothing was changed. This was rejected by grace@example.com on 1 December 2026 at 09:30 UTC.",
  );
  const json = await app(send(body));
  assertEquals(json.status, 409);
  const { message, approval } = await json.json();
  assertStringIncludes(message, "rejected by grace@example.com");
  assertEquals(approval, rejectedApproval());
});

for (
  const [status, text] of [
    ["expired", "Nobody had decided by 2 December 2026 at 14:00 UTC."],
    ["stopped", "What asked for this decision was stopped."],
  ] as const
) {
  Deno.test(`whoever decides what is ${status} is told so`, async () => {
    const { engine } = engineOf(sampleApproval({ status }), "conflict");
    const { app } = createTestApp(engine);
    const response = await app(submit({ token: TOKEN, decision: "approved" }));
    assertEquals(response.status, 409);
    assertStringIncludes(await response.text(), text);
  });
}

for (const [refusal, status] of [["unknown", 404], ["invalid", 422]] as const) {
  Deno.test(`a decision that the engine refuses as ${refusal} is answered with ${status}`, async () => {
    const { app } = createTestApp(engineOf(undefined, refusal).engine);
    const token = refusal === "unknown" ? "other" : TOKEN;
    const response = await app(send({ token, decision: "approved" }));
    assertEquals(response.status, status);
    await response.body?.cancel();
  });
}

Deno.test("a token that cannot be stored is an unknown one", async () => {
  const { app } = createTestApp(engineOf(undefined, "invalid").engine);
  const response = await app(send({ token: `${TOKEN}\0`, decision: "approved" }));
  assertEquals(response.status, 404);
  assertStringIncludes(await response.text(), "Open the link as it was sent");
});

for (
  const [name, body, place] of [
    ["without a token", { decision: "approved" }, "token: "],
    ["without a decision", { token: TOKEN }, "decision: "],
    ["that is neither", { token: TOKEN, decision: "maybe" }, "decision: "],
    ["with a comment of 2001 characters", {
      token: TOKEN,
      decision: "approved",
      comment: "x".repeat(2001),
    }, "comment: "],
    ["with more than is known", { token: TOKEN, decision: "approved", by: "me" }, "by"],
  ] satisfies [string, Record<string, string>, string][]
) {
  Deno.test(`a decision ${name} is refused, as a form and as JSON`, async () => {
    const { engine, decisions } = engineOf();
    const { app } = createTestApp(engine);
    for (const request of [submit(body), send(body)]) {
      const response = await app(request);
      assertEquals(response.status, 422);
      assertStringIncludes(await response.text(), place);
    }
    assertEquals(decisions, []);
  });
}

Deno.test("what is neither a form nor JSON is refused", async () => {
  const { engine, decisions } = engineOf();
  const { app } = createTestApp(engine);
  const headers = { "content-type": "text/plain" };
  const sent = await app(send({ token: TOKEN, decision: "approved" }, headers));
  assertEquals(sent.status, 415);
  assertStringIncludes(await sent.text(), "application/json");
  const broken = new Request(ADDRESS, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{",
  });
  assertEquals((await app(broken)).status, 422);
  assertEquals(decisions, []);
});

Deno.test("a body that is larger than any decision is refused", async () => {
  const { engine, decisions } = engineOf();
  const { app } = createTestApp(engine);
  const body = { token: TOKEN, decision: "approved", comment: "x".repeat(40_000) };
  const response = await app(submit(body));
  assertEquals(response.status, 413);
  await response.body?.cancel();
  assertEquals(decisions, []);
});

Deno.test("pages of other origins may send JSON", async () => {
  const { app } = createTestApp(engineOf().engine);
  const { status, headers } = await app(open({}, TOKEN, "OPTIONS"));
  assertEquals(status, 204);
  assertEquals(headers.get("access-control-allow-origin"), "*");
  assertEquals(headers.get("access-control-allow-methods"), "GET, POST");
  assertStringIncludes(headers.get("access-control-allow-headers") ?? "", "content-type");
});

Deno.test("no other method is allowed", async () => {
  const { app } = createTestApp(engineOf().engine);
  const response = await app(open({}, TOKEN, "DELETE"));
  assertEquals(response.status, 405);
  assertEquals(response.headers.get("allow"), "GET, HEAD, POST, OPTIONS");
  await response.body?.cancel();
});
