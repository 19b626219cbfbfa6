import { assertEquals, assertStringIncludes } from "@std/assert";
import { silentLogger } from "../_shared/testing/silent_logger.ts";
import { createApp } from "./app.ts";
import { sign } from "./signature.ts";
import { FakeClock } from "./testing/fake_clock.ts";
import { FakeEngine } from "./testing/fake_engine.ts";
import { Worker } from "./worker.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const WAKE_UP = '{"type":"workflow.wake"}';

function setUp(options: { secrets?: string[]; claimMs?: number } = {}) {
  const clock = new FakeClock();
  const engine = new FakeEngine(clock);
  const logger = silentLogger();
  const background: Promise<unknown>[] = [];
  const count = { workers: 0, successors: 0 };
  const app = createApp({
    secrets: options.secrets ?? [SECRET],
    logger,
    waitUntil: (promise) => void background.push(promise),
    wakeSuccessor: () => {
      count.successors += 1;
      return Promise.resolve();
    },
    createWorker: (onLeave) => {
      count.workers += 1;
      const run = () => new Promise<never>(() => {});
      return new Worker({ engine, clock, logger, run, onLeave }, {
        concurrency: 1,
        batch: 1,
        lingerMs: 2000,
        claimMs: options.claimMs ?? 45_000,
        maxActions: 1000,
      });
    },
  });
  return { app, clock, engine, logger, background, count };
}

function request(
  options: { secret?: string; ageSeconds?: number; body?: string; sent?: string } = {},
): Request {
  const { secret = SECRET, ageSeconds = 0, body = WAKE_UP, sent = body } = options;
  const at = new Date(Date.now() - ageSeconds * 1000);
  const headers = sign([secret], "msg_1", at, body);
  return new Request("http://localhost/workflow-cron", { method: "POST", body: sent, headers });
}

Deno.test("a wake-up is accepted while the work goes on in the background", async () => {
  const { app, clock, engine, background } = setUp();
  const response = await app.handle(request());
  assertEquals(response.status, 202);
  assertEquals(background.length, 1);
  await clock.advance(4000);
  await Promise.all(background);
  assertEquals(engine.calls.length, 3);
});

Deno.test("a wake-up starts no second worker while one claims", async () => {
  const { app, clock, engine, count } = setUp();
  await app.handle(request());
  await clock.advance(3000);
  await app.handle(request());
  await clock.advance(1500);
  assertEquals(count.workers, 1);
  assertEquals(engine.calls.map(({ at }) => at), [0, 1000, 3000]);
});

Deno.test("a wake-up starts a new worker beside one that only finishes its attempts", async () => {
  const { app, clock, engine, count } = setUp({ claimMs: 5000 });
  engine.add(2);
  await app.handle(request());
  await clock.advance(5000);
  assertEquals(count, { workers: 1, successors: 1 });
  await app.handle(request());
  await clock.advance(10);
  assertEquals(count.workers, 2);
  assertEquals(engine.calls.at(-1)?.claimed, 1);
});

Deno.test("the end of the isolate gives all leases back", async () => {
  const { app, clock, engine, background } = setUp();
  engine.add(1);
  await app.handle(request());
  await clock.advance(10);
  app.release();
  await clock.advance(1000);
  await Promise.all(background);
  assertEquals(engine.results.map(({ status }) => status), ["released"]);
});

Deno.test("any of several secrets may have signed a wake-up", async () => {
  const { app } = setUp({ secrets: [OTHER_SECRET, SECRET] });
  assertEquals((await app.handle(request())).status, 202);
});

for (
  const [name, options] of Object.entries({
    "signed with another secret": { secret: OTHER_SECRET },
    "of more than 300 seconds ago": { ageSeconds: 310 },
    "from more than 300 seconds ahead": { ageSeconds: -310 },
    "whose body was changed": { sent: '{"type":"workflow.wake" }' },
  })
) {
  Deno.test(`a wake-up ${name} is refused without a reason`, async () => {
    const { app, count } = setUp();
    const response = await app.handle(request(options));
    assertEquals(response.status, 401);
    assertEquals(await response.json(), { message: "Unauthorized" });
    assertEquals(count.workers, 0);
  });
}

Deno.test("a request without a signature is refused", async () => {
  const { app } = setUp();
  const bare = new Request("http://localhost/", { method: "POST", body: WAKE_UP });
  assertEquals((await app.handle(bare)).status, 401);
});

Deno.test("a wake-up of 290 seconds ago, or ahead, is accepted", async () => {
  const { app } = setUp();
  assertEquals((await app.handle(request({ ageSeconds: 290 }))).status, 202);
  assertEquals((await app.handle(request({ ageSeconds: -290 }))).status, 202);
});

Deno.test("a signed message that is no wake-up is refused", async () => {
  const { app, count } = setUp();
  assertEquals((await app.handle(request({ body: '{"type":"other"}' }))).status, 400);
  assertEquals((await app.handle(request({ body: "not JSON" }))).status, 400);
  assertEquals(count.workers, 0);
});

Deno.test("only POST is allowed", async () => {
  const { app } = setUp();
  const response = await app.handle(new Request("http://localhost/"));
  assertEquals(response.status, 405);
  assertEquals(response.headers.get("allow"), "POST");
});

for (const secrets of [[], ["not base64!"]]) {
  Deno.test(`the log says what to type when the secret is ${secrets[0] ?? "missing"}`, async () => {
    const { app, logger } = setUp({ secrets });
    const response = await app.handle(request());
    assertEquals(response.status, 500);
    assertStringIncludes(logger.lines[0] ?? "", "supabase secrets set WORKFLOW_SECRET=");
  });
}
