import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { applicationCall } from "../../_shared/contract/application_call.ts";
import { startServer } from "../../_shared/testing/http_server.ts";
import { checked, type Context } from "../handler.ts";
import type { Outcome } from "../outcome.ts";
import { sampleContext, sampleId } from "../testing/samples.ts";
import * as webhook from "./webhook.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

function contextFor(
  action: Partial<Context["action"]>,
  changes: Partial<Context> & { secret?: never } = {},
  secrets: string = SECRET,
): Context {
  const context = sampleContext({ WORKFLOW_WEBHOOK_SECRET: secrets }, changes);
  return { ...context, action: { ...context.action, ...action } };
}

function call(context: Context): Promise<Outcome> {
  return checked(webhook)({ user: 1 }, context);
}

Deno.test("the application gets the call of the contract", async () => {
  await using server = startServer(() => new Response());
  const context = contextFor({ targetEndpoint: `${server.url}/hook`, meta: { a: 1 } }, {
    attempt: 3,
  });
  assertEquals(await call(context), { kind: "completed", httpStatus: 200 });
  const [request] = server.requests;
  assertEquals(request?.method, "POST");
  assertEquals(applicationCall.parse(JSON.parse(request?.body ?? "")), {
    workflow_id: sampleId(2),
    action_id: sampleId(1),
    workflow_action_id: sampleId(3),
    run_id: sampleId(4),
    action_type: "webhook",
    payload: { user: 1 },
    meta: { a: 1 },
    attempt: 3,
    callback_url: await context.links.callbackUrl(),
  });
  assertEquals(request?.headers.get("idempotency-key"), "welcome-1");
  assertEquals(request?.headers.get("traceparent"), context.traceparent);
});

Deno.test("the action's headers come with the call, and replace none of its own", async () => {
  await using server = startServer(() => new Response());
  const headers = {
    "X-Api-Key": "key",
    "Content-Type": "text/plain",
    "Webhook-Signature": "v1,forged",
    "x-workflow-signature": "forged",
    "Idempotency-Key": "forged",
    host: "evil.example",
  };
  await call(contextFor({ targetEndpoint: server.url, headers }));
  const [request] = server.requests;
  assertEquals(request?.headers.get("x-api-key"), "key");
  assertEquals(request?.headers.get("content-type"), "application/json");
  assertEquals(request?.headers.get("idempotency-key"), "welcome-1");
  assertEquals(request?.headers.get("host"), new URL(server.url).host);
  for (const name of ["webhook-signature", "x-workflow-signature"]) {
    assert(!request?.headers.get(name)?.includes("forged"), name);
  }
});

Deno.test("a malformed header fails for good and is named", async () => {
  const headers = { "x-note": "two\nlines" };
  assertEquals(await call(contextFor({ targetEndpoint: "https://a.example", headers })), {
    kind: "failed",
    reason: 'Cannot call the application: the header "x-note" is malformed',
  });
});

Deno.test("a call is signed with each secret, and plainly with the first", async () => {
  await using server = startServer(() => new Response());
  const now = () => new Date();
  const secrets = `${SECRET} ${OTHER_SECRET}`;
  await call(contextFor({ targetEndpoint: server.url }, { now }, secrets));
  const [request] = server.requests;
  assert(request !== undefined);
  for (const secret of [SECRET, OTHER_SECRET]) {
    new Webhook(secret).verify(request.body, Object.fromEntries(request.headers));
  }
  const plain = createHmac("sha256", SECRET).update(request.body).digest("hex");
  assertEquals(request.headers.get("x-workflow-signature"), plain);
});

Deno.test("the message id stays the same on each attempt, the timestamp does not", async () => {
  await using server = startServer(() => new Response(null, { status: 500 }));
  for (const attempt of [1, 2]) {
    const now = () => new Date(1_700_000_000_000 + attempt * 60_000);
    await call(contextFor({ targetEndpoint: server.url }, { attempt, now }));
  }
  const header = (name: string) => server.requests.map(({ headers }) => headers.get(name));
  const [id, sameId] = header("webhook-id");
  assertEquals(id, sameId);
  assertEquals(id, `msg_${sampleId(1).replaceAll("-", "")}`);
  assertMatch(id ?? "", /^msg_[0-9A-Za-z]+$/);
  assertEquals(header("webhook-timestamp"), ["1700000060", "1700000120"]);
});

for (
  const [appUrl, endpoint, path] of [
    ["", "/api/hook", "/api/hook"],
    ["/", "/api/hook", "/api/hook"],
    ["/base/", "hook", "/base/hook"],
    ["", "//evil.example/x", "/evil.example/x"],
    ["", "@evil.example", "/@evil.example"],
  ] as const
) {
  Deno.test(`"${endpoint}" on "…${appUrl}" is "…${path}" of the application`, async () => {
    await using server = startServer(() => new Response());
    await call(contextFor({ targetEndpoint: endpoint, appUrl: server.url + appUrl }));
    assertEquals(server.requests[0]?.path, path);
  });
}

for (
  const [name, response, expected] of [
    ["200 with JSON", () => Response.json({ ok: 0 }), {
      kind: "completed",
      output: { ok: 0 },
      httpStatus: 200,
    }],
    ["200 with null", () => Response.json(null), {
      kind: "completed",
      output: null,
      httpStatus: 200,
    }],
    ["200 with text", () => new Response("fine"), { kind: "completed", httpStatus: 200 }],
    ["204", () => new Response(null, { status: 204 }), { kind: "completed", httpStatus: 204 }],
    ["202", () => new Response(null, { status: 202 }), {
      kind: "waiting",
      wait: { kind: "callback" },
      httpStatus: 202,
    }],
    ["409", () => new Response("busy", { status: 409 }), {
      kind: "retry",
      reason: "The application answered 409: busy",
      httpStatus: 409,
    }],
    ["503", () => new Response(null, { status: 503, headers: { "retry-after": "9" } }), {
      kind: "retry",
      reason: "The application answered 503",
      after: 9000,
      httpStatus: 503,
    }],
    ["404", () => new Response(null, { status: 404 }), {
      kind: "failed",
      reason: "The application answered 404",
      httpStatus: 404,
    }],
    ["410", () => new Response(null, { status: 410 }), {
      kind: "failed",
      reason: "The application answered 410",
      httpStatus: 410,
    }],
    ["302", () => Response.redirect("https://a.example/", 302), {
      kind: "failed",
      reason: "The application answered 302 (redirects are not followed)",
      httpStatus: 302,
    }],
  ] satisfies [string, () => Response, Outcome][]
) {
  Deno.test(`the answer ${name} is the outcome "${expected.kind}"`, async () => {
    await using server = startServer(response);
    assertEquals(await call(contextFor({ targetEndpoint: server.url })), expected);
  });
}

for (
  const [name, context, problem] of [
    ["no endpoint", contextFor({}), "the action has no target_endpoint"],
    ["no APP_URL", contextFor({ targetEndpoint: "/x" }), "workflow_configure(url, app_url)"],
    [
      "no secret",
      contextFor({ targetEndpoint: "https://a.example" }, {}, ""),
      "supabase secrets set WORKFLOW_WEBHOOK_SECRET=",
    ],
    [
      "a malformed secret",
      contextFor({ targetEndpoint: "https://a.example" }, {}, "not-base64!"),
      "supabase secrets set WORKFLOW_WEBHOOK_SECRET=",
    ],
  ] satisfies [string, Context, string][]
) {
  Deno.test(`a call with ${name} fails for good and says what to do`, async () => {
    const outcome = await call(context);
    assert(outcome.kind === "failed");
    assertStringIncludes(outcome.reason, problem);
  });
}
