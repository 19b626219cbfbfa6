import { assertEquals, assertStringIncludes } from "@std/assert";
import { callbackUrl } from "../_shared/signed_link.ts";
import { startServer } from "../_shared/testing/http_server.ts";
import { command, spawnModule } from "../_shared/testing/spawn.ts";
import { startDataApi } from "./testing/fake_data_api.ts";
import { LINK_SECRET, PROJECT, sampleClaim, sampleId } from "./testing/samples.ts";

const WORKER = new URL("worker_process.ts", import.meta.url);
const KEYS = '{"default":"sb_secret_12345678"}';

Deno.test("a worker process runs what is due", async () => {
  const template = { payload: { message: "Hello" }, target_endpoint: null, headers: {} };
  await using api = startDataApi(sampleClaim(), { template });
  await using worker = spawnModule(WORKER, {
    SUPABASE_URL: api.url,
    SUPABASE_SECRET_KEYS: KEYS,
  });
  assertEquals(await api.reported, {
    id: sampleId(1),
    attempt: 1,
    status: "completed",
    output: { message: "Hello", level: "info" },
  });
  assertStringIncludes(await worker.sees("Hello"), '"level":"info"');
});

Deno.test("a callback URL leads to where the outside reaches the project", async () => {
  await using target = startServer(() => new Response());
  const payload = { method: "POST", url: target.url, json: { $callback_url: true } };
  await using api = startDataApi(sampleClaim(), {
    action_type: "http_request",
    template: { payload, target_endpoint: null, headers: {} },
  });
  await using _worker = spawnModule(WORKER, {
    SUPABASE_URL: api.url,
    SUPABASE_SECRET_KEYS: KEYS,
    WORKFLOW_SECRET: LINK_SECRET,
    WORKFLOW_PUBLIC_URL: PROJECT,
    WORKFLOW_ALLOWED_HOSTS: "127.0.0.1",
  });
  assertEquals((await api.reported).status, "completed");
  const callback = { actionId: sampleId(1), attempt: 1 };
  assertEquals(
    JSON.parse(target.requests[0]?.body ?? ""),
    await callbackUrl(PROJECT, LINK_SECRET, callback),
  );
});

Deno.test("a worker process gives its leases back and ends on SIGTERM", async () => {
  const called = Promise.withResolvers<void>();
  await using target = startServer(() => {
    called.resolve();
    return new Promise(() => {});
  });
  await using api = startDataApi(sampleClaim(), {
    action_type: "http_request",
    template: { payload: { url: target.url }, target_endpoint: null, headers: {} },
  });
  await using worker = spawnModule(WORKER, {
    SUPABASE_URL: api.url,
    SUPABASE_SECRET_KEYS: KEYS,
    WORKFLOW_ALLOWED_HOSTS: "127.0.0.1",
  });
  await called.promise;
  worker.process.kill("SIGTERM");
  assertEquals(await api.reported, { id: sampleId(1), attempt: 1, status: "released" });
  assertEquals((await worker.process.status).code, 0);
});

Deno.test("a worker process without a key ends and names the variables", async () => {
  const process = command(WORKER, { SUPABASE_URL: "http://127.0.0.1:1" });
  const { code, stderr } = await process.output();
  assertEquals(code, 1);
  assertStringIncludes(new TextDecoder().decode(stderr), "Set SUPABASE_SECRET_KEYS");
});
