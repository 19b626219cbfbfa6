import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Call, dataApi } from "../_shared/data_api.ts";
import { startServer } from "../_shared/testing/http_server.ts";
import { createEngine, EngineError } from "./engine.ts";
import { sampleAction, sampleClaim } from "./testing/samples.ts";

const NOTHING = { actions: {}, claims: [], next_due_ms: null };

function answering(data: unknown): Call {
  return () => Promise.resolve({ data, error: null, status: 200 });
}

function failing(status: number, error: { code?: string; message: string }): Call {
  return () => Promise.resolve({ data: null, error, status });
}

Deno.test("a claim goes through the Data API as the service role", async () => {
  const answer = { actions: { welcome: sampleAction() }, claims: [sampleClaim()], next_due_ms: 0 };
  await using server = startServer(() => Response.json(answer));
  const engine = createEngine(dataApi(server.url, "sb_secret_1"), "worker-1");
  assertEquals(await engine.claim(7, 1000), answer);
  const [request] = server.requests;
  assertEquals(request?.path, "/rest/v1/rpc/workflow_claim");
  assertEquals(request?.headers.get("apikey"), "sb_secret_1");
  assertEquals(JSON.parse(request?.body ?? ""), {
    worker_id: "worker-1",
    max_actions: 7,
    wait_ms: 1000,
  });
});

Deno.test("a report goes through the Data API with all that it says", async () => {
  const answer = { ...NOTHING, accepted: 1, stale: [], stopped: [] };
  await using server = startServer(() => Response.json(answer));
  const engine = createEngine(dataApi(server.url, "sb_secret_1"), "worker-1");
  const { id, attempt } = sampleClaim();
  const results = [{ id, attempt, status: "completed" as const, output: null }];
  const running = [{ id, attempt: 2 }];
  assertEquals(await engine.report({ results, running, maxActions: 3, waitMs: 0 }), answer);
  const body = { worker_id: "worker-1", results, running, max_actions: 3, wait_ms: 0 };
  assertEquals(JSON.parse(server.requests[0]?.body ?? ""), body);
});

Deno.test("keys that the engine adds to its answers are let through", async () => {
  const engine = createEngine(answering({ ...NOTHING, more: 1 }), "worker-1");
  assertEquals(await engine.claim(1, 0), NOTHING);
});

Deno.test("an answer that breaks the contract is an error that names the place", async () => {
  const engine = createEngine(answering({ ...NOTHING, claims: [{}] }), "worker-1");
  const error = await assertRejects(() => engine.claim(1, 0), EngineError);
  assertStringIncludes(error.message, "claims[0].id");
});

for (
  const [name, status, error, kind] of [
    ["the statement's time-out", 500, { code: "57014", message: "canceling statement" }, "timeout"],
    ["a gateway's time-out", 504, { message: "" }, "timeout"],
    [
      "the call's own time-out",
      0,
      { code: "", message: "TimeoutError: Signal timed out." },
      "timeout",
    ],
    ["a value that cannot be stored", 400, { code: "22P05", message: "unsupported" }, "refused"],
    ["too deep a value", 500, { code: "54001", message: "stack depth" }, "refused"],
    ["a wrong key", 401, { message: "Invalid API key" }, "other"],
    ["no network", 0, { code: "", message: "TypeError: error sending request" }, "other"],
  ] as const
) {
  Deno.test(`${name} is an error of kind "${kind}"`, async () => {
    const engine = createEngine(failing(status, error), "worker-1");
    const thrown = await assertRejects(() => engine.claim(1, 0), EngineError);
    assertEquals(thrown.kind, kind);
  });
}

Deno.test("a Data API that is not there is an error, and no crash", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const engine = createEngine(dataApi(`http://127.0.0.1:${port}`, "sb_secret_1"), "worker-1");
  const error = await assertRejects(() => engine.claim(1, 0), EngineError);
  assertEquals(error.kind, "other");
});
