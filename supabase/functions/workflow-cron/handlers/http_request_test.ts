import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Json } from "../../_shared/contract/json.ts";
import { startServer } from "../../_shared/testing/http_server.ts";
import { checked } from "../handler.ts";
import type { Outcome } from "../outcome.ts";
import { sampleContext } from "../testing/samples.ts";
import * as httpRequest from "./http_request.ts";

function request(payload: Json): Promise<Outcome> {
  return checked(httpRequest)(payload, sampleContext());
}

Deno.test("a GET keeps status, headers worth storing, and JSON", async () => {
  await using server = startServer(() =>
    Response.json({ a: [1] }, { headers: { etag: '"1"', "set-cookie": "a=b" } })
  );
  const outcome = await request({ url: `${server.url}/x?y=1` });
  assert(outcome.kind === "completed");
  const { status, headers, body } = httpRequest.output.parse(outcome.output);
  assertEquals([status, body], [200, { a: [1] }]);
  assertEquals(headers["etag"], '"1"');
  assertEquals(headers["set-cookie"], undefined);
  assertEquals(server.requests.map(({ method, path }) => `${method} ${path}`), ["GET /x?y=1"]);
});

Deno.test("a request carries the idempotency key and the trace", async () => {
  await using server = startServer(() => new Response());
  await request({ url: server.url });
  const headers = server.requests[0]?.headers;
  assertEquals(headers?.get("idempotency-key"), "welcome-1");
  assertEquals(headers?.get("traceparent")?.slice(0, 3), "00-");
});

Deno.test("a request sends JSON, and its own headers win", async () => {
  await using server = startServer(() => new Response());
  const headers = { "Idempotency-Key": "mine", "content-type": "application/vnd.api+json" };
  await request({ method: "POST", url: server.url, headers, json: { n: null } });
  const [received] = server.requests;
  assertEquals(received?.body, '{"n":null}');
  assertEquals(received?.headers.get("idempotency-key"), "mine");
  assertEquals(received?.headers.get("content-type"), "application/vnd.api+json");
});

Deno.test("an answer of null is null, not a text", async () => {
  await using server = startServer(() => Response.json(null));
  const outcome = await request({ url: server.url });
  assert(outcome.kind === "completed");
  assertEquals(httpRequest.output.parse(outcome.output).body, null);
});

Deno.test("a request sends a body as it is", async () => {
  await using server = startServer(() => new Response("done"));
  const outcome = await request({ method: "PUT", url: server.url, body: "a=1&b=2" });
  assertEquals(server.requests[0]?.body, "a=1&b=2");
  assert(outcome.kind === "completed");
  assertEquals(httpRequest.output.parse(outcome.output).body, "done");
});

Deno.test("JSON that is none is kept as text, without the NUL that cannot be stored", async () => {
  const headers = { "content-type": "application/json" };
  await using server = startServer(() => new Response("{\0", { headers }));
  const outcome = await request({ url: server.url });
  assert(outcome.kind === "completed");
  assertEquals(httpRequest.output.parse(outcome.output).body, "{\uFFFD");
});

Deno.test("an answer of the server's fault is tried again, of the client's is final", async () => {
  await using server = startServer(({ path }) =>
    new Response("no", { status: Number(path.slice(1, 4)) })
  );
  const outcomes = [
    await request({ url: `${server.url}/503?token=x` }),
    await request({ url: `${server.url}/404` }),
  ];
  assertEquals(outcomes.map(({ kind }) => kind), ["retry", "failed"]);
  const [first] = outcomes;
  assertEquals(first?.kind === "retry" && first.reason, `GET "${server.url}/503" answered 503: no`);
});

Deno.test("a request that is taken on waits for the callback", async () => {
  await using server = startServer(() => Response.json({ job: 7 }, { status: 201 }));
  const payload = { url: server.url, wait_for_callback: true };
  const httpStatus = 201;
  assertEquals(await request(payload), { kind: "waiting", wait: { kind: "callback" }, httpStatus });
  assertEquals(await request({ ...payload, callback_timeout: "1 hour" }), {
    kind: "waiting",
    wait: { kind: "callback", timeout: "1 hour" },
    httpStatus,
  });
});

Deno.test("a request that is not taken on waits for nothing", async () => {
  await using server = startServer(() => new Response("no", { status: 422 }));
  const outcome = await request({ url: server.url, wait_for_callback: true });
  assertEquals(outcome.kind, "failed");
});

Deno.test("a request has a deadline of its own", async () => {
  await using server = startServer(() => new Promise(() => {}));
  const error = await assertRejects(() => request({ url: server.url, timeout_seconds: 0.02 }));
  assertStringIncludes(String(error), "timeout");
});

for (
  const [name, payload, problem] of [
    ["no address", {}, '"payload.url"'],
    ["an unknown method", { url: "https://a.example", method: "BREW" }, '"payload.method"'],
    ["two bodies", { url: "https://a.example", method: "POST", body: "a", json: 1 }, "both"],
    [
      "a callback's timeout and no callback",
      { url: "https://a.example", callback_timeout: "1 hour" },
      '"payload.callback_timeout"',
    ],
    [
      "a timeout that nobody can read",
      { url: "https://a.example", wait_for_callback: true, callback_timeout: "two hours" },
      '"payload.callback_timeout"',
    ],
    ["a GET with a body", { url: "https://a.example", body: "a" }, '"payload.method"'],
  ] satisfies [string, Json, string][]
) {
  Deno.test(`a payload with ${name} fails for good and says where`, async () => {
    const outcome = await request(payload);
    assert(outcome.kind === "failed");
    assertStringIncludes(outcome.reason, problem);
  });
}
