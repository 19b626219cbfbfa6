import { assert, assertEquals } from "@std/assert";
import { startServer } from "../_shared/testing/http_server.ts";
import { silentLogger } from "../_shared/testing/silent_logger.ts";
import { systemClock } from "./clock.ts";
import { isSigned } from "./signature.ts";
import { sendWakeUp } from "./wake_up.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

function sender(url: string) {
  return { url, secrets: [SECRET], fetch, clock: systemClock, logger: silentLogger() };
}

Deno.test("a wake-up is signed and carries no work", async () => {
  await using server = startServer(() => new Response(null, { status: 202 }));
  await sendWakeUp(sender(`${server.url}/functions/v1/workflow-cron`));
  const [request] = server.requests;
  assertEquals(request?.path, "/functions/v1/workflow-cron");
  assertEquals(request?.body, '{"type":"workflow.wake"}');
  assert(request && isSigned([SECRET], request.headers, request.body));
});

Deno.test("a wake-up that is refused, or finds nobody, is logged and not thrown", async () => {
  const server = startServer(() => new Response(null, { status: 401 }));
  const there = sender(server.url);
  await sendWakeUp(there);
  await server[Symbol.asyncDispose]();
  const gone = sender(server.url);
  await sendWakeUp(gone);
  assertEquals([there.logger.lines.length, gone.logger.lines.length], [1, 1]);
});
