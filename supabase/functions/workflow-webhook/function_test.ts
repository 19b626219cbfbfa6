import { assertEquals, assertStringIncludes } from "@std/assert";
import { startServer } from "../_shared/testing/http_server.ts";
import { spawnFunction, spawnModule } from "../_shared/testing/spawn.ts";
import { callbackUrl } from "../_shared/signed_link.ts";
import { ACTION, BROWSER, sampleApproval, SECRET, TOKEN } from "./testing/samples.ts";

const MODULE = new URL("index.ts", import.meta.url);

Deno.test("the function answers over HTTP, and calls the engine as the service role", async (t) => {
  await using api = startServer(({ path }) =>
    path.endsWith("/workflow_answer")
      ? Response.json({ status: "completed" })
      : Response.json(sampleApproval())
  );
  await using served = await spawnFunction(MODULE, {
    SUPABASE_URL: api.url,
    SUPABASE_SECRET_KEYS: '{"default":"sb_secret_12345678"}',
    WORKFLOW_SECRET: SECRET,
  });

  await t.step("a callback", async () => {
    const signed = await callbackUrl(served.url, SECRET, { actionId: ACTION, attempt: 1 });
    const response = await fetch(signed, { method: "POST", body: '{"paid": true}' });
    assertEquals([response.status, await response.json()], [200, { status: "completed" }]);
    const [request] = api.requests;
    assertEquals(request?.path, "/rest/v1/rpc/workflow_answer");
    assertEquals(request?.headers.get("apikey"), "sb_secret_12345678");
    assertEquals(JSON.parse(request?.body ?? ""), {
      action_id: ACTION,
      attempt: 1,
      result: { status: "completed", output: { paid: true } },
    });
  });

  await t.step("a link", async () => {
    const link = `${served.url}workflow-webhook/approval?token=${TOKEN}`;
    const response = await fetch(link, { headers: { accept: BROWSER } });
    assertEquals(response.status, 200);
    assertStringIncludes(await response.text(), "Refund order 17?");
    assertEquals(JSON.parse(api.requests.at(-1)?.body ?? ""), { token: TOKEN });
  });
});

Deno.test("where the outside reaches the project decides what a link shows", async () => {
  await using api = startServer(() => Response.json(sampleApproval()));
  await using served = await spawnFunction(MODULE, {
    SUPABASE_URL: api.url,
    SUPABASE_SECRET_KEYS: '{"default":"sb_secret_12345678"}',
    WORKFLOW_PUBLIC_URL: "https://project.supabase.co",
  });
  const link = `${served.url}workflow-webhook/approval?token=${TOKEN}`;
  const response = await fetch(link, { headers: { accept: BROWSER } });
  assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
  assertStringIncludes(
    await response.text(),
    "'https://project.supabase.co/functions/v1/workflow-webhook/approval'",
  );
});

Deno.test("the function does not start with a page that is no URL", async () => {
  await using served = spawnModule(MODULE, {
    SUPABASE_URL: "http://127.0.0.1:1",
    SUPABASE_SECRET_KEYS: '{"default":"sb_secret_12345678"}',
    WORKFLOW_APPROVAL_URL: "nowhere",
    DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0",
  });
  await served.sees("WORKFLOW_APPROVAL_URL");
});
