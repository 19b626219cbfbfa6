import { assertEquals } from "@std/assert";
import { spawnFunction } from "../_shared/testing/spawn.ts";
import { sign } from "./signature.ts";
import { startDataApi } from "./testing/fake_data_api.ts";
import { sampleClaim, sampleId } from "./testing/samples.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const WAKE_UP = '{"type":"workflow.wake"}';

Deno.test("the function, woken over HTTP, does the work that is due", async () => {
  const template = { payload: { message: "Hello" }, target_endpoint: null, headers: {} };
  await using api = startDataApi(sampleClaim(), { template });
  await using served = await spawnFunction(new URL("index.ts", import.meta.url), {
    SUPABASE_URL: api.url,
    SUPABASE_SECRET_KEYS: '{"default":"sb_secret_12345678"}',
    WORKFLOW_SECRET: SECRET,
  });
  const response = await fetch(served.url, {
    method: "POST",
    body: WAKE_UP,
    headers: sign([SECRET], "msg_1", new Date(), WAKE_UP),
  });
  await response.body?.cancel();
  assertEquals(response.status, 202);
  assertEquals((await api.reported).id, sampleId(1));
});
