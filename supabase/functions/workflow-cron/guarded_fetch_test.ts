import { assertEquals, assertRejects } from "@std/assert";
import { startServer } from "../_shared/testing/http_server.ts";
import { AddressRefused } from "./address.ts";
import { BodyTooLarge, type GuardedFetch, guardedFetch, NoAnswer } from "./guarded_fetch.ts";

function guarded(signal = new AbortController().signal): GuardedFetch {
  return guardedFetch({
    fetch,
    rules: { allowedHosts: ["127.0.0.1"] },
    signal,
    largestBodyBytes: 1000,
  });
}

Deno.test("a guarded fetch gives status, headers and body", async () => {
  await using server = startServer(({ method, body }) =>
    new Response(`${method} ${body}`, { status: 201, headers: { "x-kind": "test" } })
  );
  const response = await guarded()(server.url, { method: "POST", body: "hello" });
  assertEquals(response.status, 201);
  assertEquals(response.headers.get("x-kind"), "test");
  assertEquals(await response.text(), "POST hello");
});

Deno.test("a guarded fetch follows no redirect", async () => {
  await using server = startServer(() => Response.redirect("http://169.254.169.254/", 302));
  const response = await guarded()(server.url);
  await response.body?.cancel();
  assertEquals(response.status, 302);
  assertEquals(server.requests.length, 1);
});

Deno.test("a guarded fetch reads no more than its cap", async () => {
  await using server = startServer(() => new Response("x".repeat(1001)));
  const response = await guarded()(server.url);
  await assertRejects(() => response.text(), BodyTooLarge, "at most 1000 bytes are read");
});

Deno.test("a guarded fetch reads a body of exactly its cap", async () => {
  await using server = startServer(() => new Response("x".repeat(1000)));
  assertEquals((await (await guarded()(server.url)).text()).length, 1000);
});

Deno.test("a guarded fetch calls nothing that is refused", async () => {
  let calls = 0;
  const counting: typeof fetch = () => {
    calls += 1;
    return Promise.resolve(new Response());
  };
  const { signal } = new AbortController();
  const call = guardedFetch({ fetch: counting, rules: { allowedHosts: [] }, signal });
  await assertRejects(() => call("https://127.0.0.1/"), AddressRefused);
  assertEquals(calls, 0);
});

Deno.test("a guarded fetch ends with its attempt", async () => {
  const controller = new AbortController();
  await using server = startServer(() => new Promise(() => {}));
  const call = guarded(controller.signal)(server.url);
  controller.abort(new DOMException("The action was stopped", "AbortError"));
  await assertRejects(() => call, NoAnswer, "The action was stopped");
});

Deno.test("a guarded fetch takes an answer without a body", async () => {
  await using server = startServer(() => new Response(null, { status: 204 }));
  assertEquals((await guarded()(server.url)).status, 204);
});
