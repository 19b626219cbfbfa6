import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Claim, ClaimedAction } from "../_shared/contract/claim.ts";
import type { AttemptResult } from "../_shared/contract/report.ts";
import type { Logger } from "../_shared/logger.ts";
import { Secrets } from "../_shared/secrets.ts";
import { isCallbackSigned } from "../_shared/signed_link.ts";
import { startServer } from "../_shared/testing/http_server.ts";
import { silentLogger } from "../_shared/testing/silent_logger.ts";
import { runAttempt } from "./attempt.ts";
import type { CheckedHandler } from "./handler.ts";
import { completed, failed, retry, waiting } from "./outcome.ts";
import { callApplication, handlers } from "./registry.ts";
import { FakeClock, settle } from "./testing/fake_clock.ts";
import { LINK_SECRET, PROJECT, sampleAction, sampleClaim, sampleId } from "./testing/samples.ts";

/** A payload that is the callback URL. */
const CALLBACK_TEMPLATE = { payload: { $callback_url: true }, target_endpoint: null, headers: {} };

const KEY = { id: sampleId(1), attempt: 1 };

interface Options {
  handler?: CheckedHandler;
  action?: Partial<ClaimedAction>;
  claim?: Partial<Claim>;
  environment?: Record<string, string>;
  clock?: FakeClock;
  signal?: AbortSignal;
  logger?: Logger;
}

function attempt(options: Options): Promise<AttemptResult> {
  const environment = (name: string) => options.environment?.[name];
  const { handler } = options;
  const action = sampleAction({ action_type: handler ? "sample" : "log", ...options.action });
  return runAttempt(
    sampleClaim(options.claim),
    action,
    options.signal ?? new AbortController().signal,
    {
      clock: options.clock ?? new FakeClock(),
      fetch,
      rules: { allowedHosts: ["127.0.0.1"] },
      publicUrl: PROJECT,
      environment,
      secrets: new Secrets(environment),
      logger: options.logger ?? silentLogger(),
      handlers: handler ? new Map([["sample", handler]]) : handlers,
      callApplication,
    },
  );
}

function returning(output: unknown): CheckedHandler {
  return () => Promise.resolve(completed(output));
}

for (const output of [0, false, null, "", [], {}, [null, 0], { a: { b: 1.5 } }, "Zoë 🎉"]) {
  Deno.test(`the output ${JSON.stringify(output)} is kept exactly`, async () => {
    const result = await attempt({ handler: returning(output) });
    assertEquals(result, { ...KEY, status: "completed", output });
  });
}

Deno.test("undefined is no output", async () => {
  assertEquals(await attempt({ handler: returning(undefined) }), { ...KEY, status: "completed" });
});

const cyclic: { self?: unknown } = {};
cyclic.self = { again: cyclic };

for (
  const [name, output, problem] of [
    ["a BigInt", { total: 1n }, "$.total is a bigint"],
    ["a cycle", cyclic, "$.self.again contains itself"],
    ["a function", [() => 1], "$[0] is a function"],
    ["NaN", NaN, "$ is NaN"],
    ["a Map", { seen: new Map() }, "$.seen is a Map"],
    ["undefined in a list", [undefined], "$[0] is undefined"],
    ["a NUL character", { text: "a\0b" }, "$.text holds a NUL character"],
    ["half a surrogate pair", "\ud800", "$ holds half of a surrogate pair"],
  ] satisfies [string, unknown, string][]
) {
  Deno.test(`an output with ${name} fails for good and says where`, async () => {
    const result = await attempt({ handler: returning(output) });
    const error = `Output is not JSON: ${problem}`;
    assertEquals(result, { ...KEY, status: "failed", error, final: true });
  });
}

Deno.test("an output of more than 256 KB fails for good", async () => {
  const result = await attempt({ handler: returning("x".repeat(256 * 1024)) });
  const error = "Output of 262146 bytes is too large: at most 262144 are stored";
  assertEquals(result, { ...KEY, status: "failed", error, final: true });
});

Deno.test("an output of dates is kept as JSON has them", async () => {
  const result = await attempt({ handler: returning({ at: new Date(0) }) });
  assertEquals(result, {
    ...KEY,
    status: "completed",
    output: { at: "1970-01-01T00:00:00.000Z" },
  });
});

for (
  const [name, outcome, expected] of [
    ["retry", retry({ reason: "busy" }), { status: "failed", error: "busy", final: false }],
    ["retry with a time", retry({ reason: "busy", after: 1500.4, httpStatus: 429 }), {
      status: "failed",
      error: "busy",
      final: false,
      retry_after_ms: 1500,
      http_status: 429,
    }],
    ["failed", failed("no", { httpStatus: 404 }), {
      status: "failed",
      error: "no",
      final: true,
      http_status: 404,
    }],
    ["waiting", waiting(), { status: "waiting" }],
    ["waiting with a timeout", waiting({ timeout: 60_000 }), {
      status: "waiting",
      timeout_ms: 60_000,
    }],
    ["waiting for an event", waiting({ wait: { kind: "event", event: "order.paid" } }), {
      status: "waiting",
      wait: { kind: "event", event: "order.paid" },
    }],
  ] as const
) {
  Deno.test(`the outcome "${name}" becomes its result`, async () => {
    const result: unknown = await attempt({ handler: () => Promise.resolve(outcome) });
    assertEquals(result, { ...KEY, ...expected });
  });
}

Deno.test("a handler that throws is tried again", async () => {
  const result = await attempt({ handler: () => Promise.reject(new Error("boom")) });
  const error = "Unexpected error: boom";
  assertEquals(result, { ...KEY, status: "failed", error, final: false });
});

Deno.test("a handler that hangs past its deadline is aborted and tried again", async () => {
  const clock = new FakeClock();
  let aborted = false;
  const handler: CheckedHandler = (_, { signal }) => {
    signal.addEventListener("abort", () => aborted = true);
    return new Promise(() => {});
  };
  const pending = attempt({ handler, clock, action: { timeout_seconds: 60 } });
  await clock.advance(59_999);
  assertEquals(aborted, false);
  await clock.advance(1);
  const error = "Timed out after 60 s";
  assertEquals(await pending, { ...KEY, status: "failed", error, final: false });
  assertEquals(aborted, true);
});

Deno.test("a call that outlives the deadline is cut off", async () => {
  const clock = new FakeClock();
  await using server = startServer(() => new Promise(() => {}));
  const handler: CheckedHandler = async (_, context) => {
    await context.fetch(server.url);
    return completed();
  };
  const pending = attempt({ handler, clock, action: { timeout_seconds: 1 } });
  while (server.requests.length === 0) await settle();
  await clock.advance(1000);
  assertEquals(await pending, {
    ...KEY,
    status: "failed",
    error: "Timed out after 1 s",
    final: false,
  });
});

Deno.test("an abort ends an attempt whose handler ignores it", async () => {
  const controller = new AbortController();
  const handler: CheckedHandler = () => new Promise(() => {});
  const pending = attempt({ handler, signal: controller.signal });
  controller.abort(new DOMException("The action was stopped", "AbortError"));
  assertEquals((await pending).status, "failed");
});

Deno.test("an unknown action type fails for good", async () => {
  const result = await attempt({ action: { action_type: "send_pigeon" } });
  const error = 'Unknown action type "send_pigeon"';
  assertEquals(result, { ...KEY, status: "failed", error, final: true });
});

Deno.test("a payload that fails its schema fails for good and names each path", async () => {
  const payload = { to: ["x"], subject: 7, text: "Hi" };
  const result = await attempt({
    action: {
      action_type: "send_email",
      template: { payload, target_endpoint: null, headers: {} },
    },
  });
  assertEquals(result.status === "failed" && result.final, true);
  const error = result.status === "failed" ? result.error : "";
  assertMatch(error, /^Cannot run "send_email": /);
  for (const path of ['"payload.from"', '"payload.to', '"payload.subject"']) {
    assertStringIncludes(error, path);
  }
});

Deno.test("a required value that is missing fails for good before anything is called", async () => {
  await using server = startServer(() => new Response());
  const result = await attempt({
    action: {
      template: { payload: { $template: [0] }, target_endpoint: server.url, headers: {} },
      holes: [{ path: "$.record.email", filters: [], required: true }],
    },
    claim: { values: [null] },
  });
  const error = 'Cannot fill "$.record.email": it is required and has no value';
  assertEquals(result, { ...KEY, status: "failed", error, final: true });
  assertEquals(server.requests.length, 0);
});

Deno.test("an address that is private fails for good", async () => {
  const handler: CheckedHandler = async (_, context) => {
    await context.fetch("https://10.0.0.1/");
    return completed();
  };
  const error = 'Cannot call "https://10.0.0.1/": "10.0.0.1" is a private address';
  assertEquals(await attempt({ handler }), { ...KEY, status: "failed", error, final: true });
});

Deno.test("an address where nobody answers is tried again", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const handler: CheckedHandler = async (_, context) => {
    await context.fetch(`http://127.0.0.1:${port}/x`);
    return completed();
  };
  const result = await attempt({ handler });
  assertEquals(result.status === "failed" && !result.final, true);
  const error = result.status === "failed" ? result.error : "";
  assertStringIncludes(error, `"http://127.0.0.1:${port}/x" did not answer: `);
});

Deno.test("an action with a target endpoint is run by the application", async () => {
  await using server = startServer(() => Response.json({ done: true }));
  const result = await attempt({
    environment: {
      WORKFLOW_SECRET: LINK_SECRET,
      WORKFLOW_WEBHOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    },
    action: {
      action_type: "send_email",
      app_url: server.url,
      template: { payload: { a: 1 }, target_endpoint: "/api/hook", headers: {} },
    },
  });
  assertEquals(result, {
    ...KEY,
    status: "completed",
    output: { done: true },
    http_status: 200,
  });
  assertEquals(server.requests[0]?.path, "/api/hook");
});

Deno.test("secrets are redacted in errors and outputs", async () => {
  const environment = { RESEND_API_KEY: "re_12345678" };
  const thrown = await attempt({
    environment,
    handler: () => Promise.reject(new Error("refused re_12345678")),
  });
  const returned = await attempt({ environment, handler: returning({ key: "re_12345678" }) });
  assertStringIncludes(JSON.stringify(thrown), "refused [redacted RESEND_API_KEY]");
  assertStringIncludes(JSON.stringify(returned), "[redacted RESEND_API_KEY]");
});

Deno.test("a secret by reference reaches the handler and is redacted in errors and outputs", async () => {
  const environment = { SHOP_API_KEY: 'shop "12345678"' };
  const template = {
    payload: { key: { $secret: "SHOP_API_KEY" } },
    target_endpoint: null,
    headers: {},
  };
  const returned = await attempt({
    environment,
    action: { template },
    handler: (payload) => Promise.resolve(completed({ payload })),
  });
  const thrown = await attempt({
    environment,
    action: { template },
    handler: (payload) => Promise.reject(new Error(`refused ${JSON.stringify(payload)}`)),
  });
  assertEquals(returned.status === "completed" && returned.output, {
    payload: { key: "[redacted SHOP_API_KEY]" },
  });
  assertEquals(
    thrown.status === "failed" && thrown.error,
    'Unexpected error: refused {"key":"[redacted SHOP_API_KEY]"}',
  );
});

Deno.test("a secret that is not set fails for good, names it, and nothing is called", async () => {
  await using server = startServer(() => new Response());
  const result = await attempt({
    action: {
      template: {
        payload: {},
        target_endpoint: server.url,
        headers: { "x-api-key": { $secret: "SHOP_API_KEY" } },
      },
    },
  });
  assertEquals(result.status === "failed" && result.final, true);
  assertStringIncludes(result.status === "failed" ? result.error : "", '"SHOP_API_KEY"');
  assertEquals(server.requests.length, 0);
});

Deno.test("what an application says back of a secret is redacted", async () => {
  const secret = "shop/12345678";
  await using server = startServer((request) =>
    Response.json({ got: request.headers.get("x-api-key"), address: encodeURIComponent(secret) })
  );
  const result = await attempt({
    environment: {
      SHOP_API_KEY: secret,
      WORKFLOW_SECRET: LINK_SECRET,
      WORKFLOW_WEBHOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    },
    action: {
      template: {
        payload: {},
        target_endpoint: server.url,
        headers: { "x-api-key": { $secret: "SHOP_API_KEY" } },
      },
    },
  });
  const output = { got: "[redacted SHOP_API_KEY]", address: "[redacted SHOP_API_KEY]" };
  assertEquals(result, { ...KEY, status: "completed", output, http_status: 200 });
});

Deno.test("a secret in what an attempt waits for is redacted", async () => {
  const child = { kind: "run", workflow: "invoice", wait: true, on_failure: "fail" } as const;
  const result = await attempt({
    environment: { RESEND_API_KEY: "re_12345678" },
    handler: () => Promise.resolve(waiting({ wait: { ...child, input: { key: "re_12345678" } } })),
  });
  assertEquals(result.status === "waiting" && result.wait, {
    ...child,
    input: { key: "[redacted RESEND_API_KEY]" },
  });
});

Deno.test("the callback URL reaches the handler and is signed for this attempt", async () => {
  let url = new URL(PROJECT);
  await attempt({
    environment: { WORKFLOW_SECRET: LINK_SECRET },
    claim: { attempt: 3 },
    action: { template: CALLBACK_TEMPLATE },
    handler: (payload) => {
      url = new URL(String(payload));
      return Promise.resolve(completed());
    },
  });
  assertEquals(url.pathname, "/functions/v1/workflow-webhook/callback");
  const signature = url.searchParams.get("signature") ?? "";
  const callback = { actionId: sampleId(1), attempt: 3 };
  assertEquals(await isCallbackSigned([LINK_SECRET], callback, signature), true);
});

for (
  const [name, handler] of [
    ["an output", (payload) => Promise.resolve(completed({ url: payload }))],
    ["an error", (payload) => Promise.reject(new Error(`refused ${payload}`))],
    ["a message of the log", (payload, { logger }) => {
      logger.warn(`saw ${payload}`);
      return Promise.resolve(completed());
    }],
    ["a field of the log", (payload, { logger }) => {
      logger.warn("saw", { url: payload });
      return Promise.resolve(completed());
    }],
  ] satisfies [string, CheckedHandler][]
) {
  Deno.test(`the signature of a callback is redacted in ${name}`, async () => {
    const logger = silentLogger();
    const result = await attempt({
      logger,
      environment: { WORKFLOW_SECRET: LINK_SECRET },
      action: { template: CALLBACK_TEMPLATE },
      handler,
    });
    const seen = JSON.stringify([result, logger.lines]);
    assertMatch(seen, /&attempt=1&signature=\[redacted callback signature\]/);
  });
}

Deno.test("without a secret that signs it a callback URL fails for good", async () => {
  const result = await attempt({ action: { template: CALLBACK_TEMPLATE } });
  assertEquals(result.status === "failed" && result.final, true);
  assertStringIncludes(
    result.status === "failed" ? result.error : "",
    "supabase secrets set WORKFLOW_SECRET=",
  );
});
