import { assertEquals, assertStringIncludes } from "@std/assert";
import { startServer } from "../_shared/testing/http_server.ts";
import { command, spawnModule } from "../_shared/testing/spawn.ts";
import { startDataApi } from "./testing/fake_data_api.ts";
import { sampleClaim, sampleId } from "./testing/samples.ts";

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
