import { assert, assertEquals, assertGreaterOrEqual, assertStringIncludes } from "@std/assert";
import type { AttemptResult } from "../_shared/contract/report.ts";
import { silentLogger } from "../_shared/testing/silent_logger.ts";
import type { RunAttempt } from "./attempts.ts";
import { EngineError, type EngineErrorKind } from "./engine.ts";
import { FakeClock, settle } from "./testing/fake_clock.ts";
import { FakeEngine } from "./testing/fake_engine.ts";
import { sampleClaim, sampleId } from "./testing/samples.ts";
import { Worker, type WorkerLimits } from "./worker.ts";

/** Handlers that run until a test ends them. */
class Handlers {
  readonly started: string[] = [];
  readonly aborted: string[] = [];
  readonly #ends = new Map<string, (result: AttemptResult) => void>();
  most = 0;

  readonly run: RunAttempt = ({ id, attempt }, _action, signal) => {
    this.started.push(id);
    signal.addEventListener("abort", () => this.aborted.push(`${id}#${attempt}`));
    const { promise, resolve } = Promise.withResolvers<AttemptResult>();
    this.#ends.set(id, resolve);
    this.most = Math.max(this.most, this.#ends.size);
    return promise;
  };

  end(id: string, attempt = 1, status: "completed" | "waiting" = "completed"): void {
    this.#ends.get(id)?.({ id, attempt, status, ...(status === "completed" && { output: id }) });
    this.#ends.delete(id);
  }
}

const immediately: RunAttempt = ({ id, attempt }) =>
  Promise.resolve({ id, attempt, status: "completed" });

function setUp(options: { run?: RunAttempt; limits?: Partial<WorkerLimits> } = {}) {
  const clock = new FakeClock();
  const engine = new FakeEngine(clock);
  const handlers = new Handlers();
  const logger = silentLogger();
  const leaves: boolean[] = [];
  const worker = new Worker({
    engine,
    clock,
    logger,
    run: options.run ?? handlers.run,
    onLeave: ({ workLeft }) => leaves.push(workLeft),
  }, {
    concurrency: 10,
    batch: 10,
    lingerMs: 2000,
    claimMs: 45_000,
    maxActions: 1000,
    ...options.limits,
  });
  let ended = false;
  const start = () => void worker.run().then(() => ended = true);
  return { clock, engine, handlers, logger, leaves, worker, start, hasEnded: () => ended };
}

function failure(kind: EngineErrorKind): EngineError {
  return new EngineError("Cannot call the engine", kind);
}

Deno.test("a worker runs what is due and reports each attempt once", async () => {
  const { clock, engine, start } = setUp({ run: immediately });
  const ids = engine.add(35);
  start();
  await clock.advance(500);
  assertEquals(engine.results.map(({ id }) => id).sort(), ids);
});

Deno.test("a busy worker needs one call a batch", async () => {
  const { clock, engine, start } = setUp({ run: immediately });
  engine.add(100);
  start();
  await clock.advance(1000);
  const claiming = engine.calls.filter(({ claimed }) => claimed > 0);
  assertEquals(claiming.map(({ name }) => name), ["claim", ...Array(9).fill("report")]);
});

Deno.test("a worker runs no more than its concurrency", async () => {
  const { clock, engine, handlers, start } = setUp({ limits: { concurrency: 4 } });
  const ids = engine.add(20);
  start();
  await clock.advance(100);
  assertEquals(handlers.started.length, 4);
  for (const id of ids) {
    handlers.end(id);
    await clock.advance(50);
  }
  assertEquals(handlers.most, 4);
  assertEquals(engine.results.length, 20);
});

Deno.test("a slow attempt keeps no other from being claimed and reported", async () => {
  const { clock, engine, handlers, start } = setUp({ limits: { concurrency: 2, batch: 2 } });
  const [slow, ...others] = engine.add(6);
  start();
  await clock.advance(10);
  for (const id of others) {
    handlers.end(id);
    await clock.advance(10);
  }
  assertEquals(engine.results.map(({ id }) => id), others);
  assert(handlers.started.includes(slow ?? ""));
});

Deno.test("a lingering worker starts work at once", async () => {
  const { clock, engine, handlers, start } = setUp();
  start();
  await clock.advance(1500);
  const id = engine.addOne();
  await settle();
  assertEquals(handlers.started, [id]);
});

Deno.test("no result waits for a look that waits inside the engine", async () => {
  const { clock, engine, handlers, start } = setUp();
  const id = engine.addOne();
  start();
  await clock.advance(300);
  handlers.end(id);
  await clock.advance(10);
  assertEquals(engine.results.map((result) => result.id), [id]);
});

Deno.test("results that finish together travel in one report", async () => {
  const { clock, engine, handlers, start } = setUp();
  const ids = engine.add(5);
  start();
  await clock.advance(10);
  for (const id of ids) handlers.end(id);
  await clock.advance(20);
  assertEquals(engine.reports.map(({ results }) => results.length), [5]);
});

Deno.test("one report at a time is under way", async () => {
  const { clock, engine, handlers, start } = setUp();
  engine.reportMs = 100;
  const [first = "", second = "", third = ""] = engine.add(3);
  start();
  await clock.advance(10);
  handlers.end(first);
  await clock.advance(50);
  handlers.end(second);
  handlers.end(third);
  await clock.advance(40);
  assertEquals(engine.reports.length, 1);
  await clock.advance(300);
  assertEquals(engine.reports.map(({ results }) => results.length), [1, 2]);
});

Deno.test("an idle worker leaves after it looked once more", async () => {
  const { clock, engine, leaves, start, hasEnded } = setUp();
  start();
  await clock.advance(3999);
  assertEquals(hasEnded(), false);
  await clock.advance(1);
  assertEquals(engine.calls.map(({ at, waitMs }) => [at, waitMs]), [
    [0, 1000],
    [1000, 1000],
    [4000, 0],
  ]);
  assertEquals(leaves, [false]);
  assertEquals(hasEnded(), true);
});

Deno.test("a wake-up extends the linger", async () => {
  const { clock, engine, worker, start, hasEnded } = setUp();
  start();
  await clock.advance(3500);
  worker.wake();
  await clock.advance(3999);
  assertEquals(hasEnded(), false);
  assertEquals(engine.calls.map(({ at }) => at), [0, 1000, 3500, 4500]);
  await clock.advance(1);
  assertEquals(hasEnded(), true);
});

Deno.test("work extends the linger", async () => {
  const { clock, engine, start, hasEnded } = setUp({ run: immediately });
  start();
  await clock.advance(1900);
  engine.add(1);
  await clock.advance(3999);
  assertEquals(hasEnded(), false);
  await clock.advance(10);
  assertEquals(hasEnded(), true);
});

Deno.test("a worker stays for what falls due within its budget", async () => {
  const { clock, engine, handlers, start } = setUp();
  engine.nextDueAt = 20_000;
  start();
  await clock.advance(19_999);
  const id = engine.addOne();
  engine.nextDueAt = null;
  await clock.advance(1);
  assertEquals(engine.calls.slice(0, 4).map(({ at }) => at), [0, 1000, 4000, 20_000]);
  assertEquals(handlers.started, [id]);
});

Deno.test("a wake-up reaches a worker that stays for something due later", async () => {
  const { clock, engine, handlers, worker, start } = setUp();
  engine.nextDueAt = 30_000;
  start();
  await clock.advance(10_000);
  const id = engine.addOne();
  worker.wake();
  await settle();
  assertEquals(handlers.started, [id]);
});

Deno.test("a worker leaves what is due after the next tick to the tick", async () => {
  const { clock, engine, leaves, start, hasEnded } = setUp();
  engine.nextDueAt = 65_000;
  start();
  await clock.advance(4000);
  assertEquals(hasEnded(), true);
  assertEquals(leaves, [false]);
});

Deno.test("a worker hands over what falls due after its budget and before the next tick", async () => {
  const { clock, engine, leaves, start, hasEnded } = setUp();
  engine.nextDueAt = 50_000;
  start();
  await clock.advance(44_999);
  assertEquals(hasEnded(), false);
  await clock.advance(1);
  assertEquals(hasEnded(), true);
  assertEquals(leaves, [true]);
});

Deno.test("a worker whose time is spent finishes its attempts and hands over the rest", async () => {
  const { clock, engine, handlers, leaves, start, hasEnded } = setUp({
    limits: { concurrency: 1, batch: 1, claimMs: 5000 },
  });
  const [first = "", second = ""] = engine.add(2);
  start();
  await clock.advance(5000);
  assertEquals(leaves, [true]);
  assertEquals(hasEnded(), false);
  handlers.end(first);
  await clock.advance(100);
  assertEquals(engine.results.map(({ id }) => id), [first]);
  assertEquals(handlers.started.includes(second), false);
  assertEquals(hasEnded(), true);
});

Deno.test("a worker claims no more attempts than its budget has", async () => {
  const { clock, engine, leaves, start, hasEnded } = setUp({
    run: immediately,
    limits: { maxActions: 25 },
  });
  engine.add(40);
  start();
  await clock.advance(1000);
  assertEquals(engine.results.length, 25);
  assertEquals(leaves, [true]);
  assertEquals(hasEnded(), true);
});

Deno.test("every attempt in flight is reported as running at least each 9 seconds", async () => {
  const { clock, engine, handlers, start } = setUp();
  const [slow = "", ...quick] = engine.add(4);
  start();
  const heartbeats: number[] = [];
  engine.beforeCall = (_, report) => {
    if (report?.running.some(({ id }) => id === slow)) heartbeats.push(clock.elapsed());
  };
  for (const id of quick) {
    await clock.advance(9000);
    handlers.end(id);
  }
  await clock.advance(40_000);
  const gaps = heartbeats.map((at, index) => at - (heartbeats[index - 1] ?? 0));
  assertGreaterOrEqual(heartbeats.length, 6);
  assert(gaps.every((gap) => gap <= 9_000), `heartbeats at ${heartbeats}`);
});

for (const status of ["completed", "waiting"] as const) {
  Deno.test(`a stopped attempt that ends as ${status} is aborted and its result dropped`, async () => {
    const { clock, engine, handlers, start } = setUp();
    const id = engine.addOne();
    start();
    await clock.advance(100);
    engine.stopped.add(id);
    await clock.advance(10_000);
    assertEquals(handlers.aborted, [`${id}#1`]);
    handlers.end(id, 1, status);
    await clock.advance(100);
    assertEquals(engine.results, []);
  });
}

Deno.test("an answer that came before its attempt waited is told, and warns nobody", async () => {
  const { clock, engine, handlers, logger, start } = setUp();
  const [answered = "", lost = ""] = engine.add(2);
  start();
  await clock.advance(100);
  engine.stale.add(answered).add(lost);
  handlers.end(answered, 1, "waiting");
  handlers.end(lost);
  await clock.advance(100);
  assertEquals(logger.lines, [
    `info Attempts were answered before they waited {"ids":["${answered}"]}`,
    `warn Attempts are no longer this worker's {"ids":["${lost}"]}`,
  ]);
});

Deno.test("a newer attempt of the same action log replaces the older one", async () => {
  const { clock, engine, handlers, start } = setUp();
  engine.addClaim(sampleClaim({ id: sampleId(7), attempt: 1 }));
  start();
  await clock.advance(100);
  engine.addClaim(sampleClaim({ id: sampleId(7), attempt: 2 }));
  await clock.advance(100);
  assertEquals(handlers.aborted, [`${sampleId(7)}#1`]);
  handlers.end(sampleId(7), 2);
  await clock.advance(100);
  assertEquals(engine.results.map(({ attempt }) => attempt), [2]);
});

Deno.test("the stale result of an older attempt does not abort the newer one", async () => {
  const { clock, engine, handlers, start } = setUp();
  const id = sampleId(7);
  let isDown = true;
  engine.beforeCall = (call) => {
    if (call === "report" && isDown) throw failure("other");
  };
  engine.addClaim(sampleClaim({ id, attempt: 1 }));
  start();
  await clock.advance(100);
  handlers.end(id, 1);
  await clock.advance(100);
  engine.addClaim(sampleClaim({ id, attempt: 2 }));
  await clock.advance(10_000);
  engine.stale.add(id);
  isDown = false;
  await clock.advance(6000);
  engine.stale.delete(id);
  const both = engine.reports.at(-1);
  assertEquals([both?.results, both?.running].map((list) => list?.[0]?.attempt), [1, 2]);
  assertEquals(handlers.aborted, []);
  handlers.end(id, 2);
  await clock.advance(100);
  assertEquals(engine.results.at(-1)?.attempt, 2);
});

Deno.test("a time-out halves the batch, and it grows back", async () => {
  const { clock, engine, start } = setUp({ limits: { concurrency: 100, batch: 100 } });
  let failures = 2;
  engine.beforeCall = () => {
    if (failures-- > 0) throw failure("timeout");
  };
  start();
  await clock.advance(5000);
  assertEquals(engine.calls.map(({ maxActions }) => maxActions), [25, 35, 45]);
});

Deno.test("a report that fails is repeated with the same results", async () => {
  const { clock, engine, handlers, start } = setUp();
  const ids = engine.add(3);
  start();
  await clock.advance(10);
  let failures = 3;
  engine.beforeCall = (name) => {
    if (name === "report" && failures-- > 0) throw failure("other");
  };
  for (const id of ids) handlers.end(id);
  await clock.advance(3000);
  assertEquals(engine.results.map(({ id }) => id), ids);
});

Deno.test("a result that cannot be stored fails alone", async () => {
  const { clock, engine, handlers, start } = setUp();
  const ids = engine.add(8);
  const poison = ids[5] ?? "";
  start();
  await clock.advance(10);
  engine.beforeCall = (_, report) => {
    const isPoisoned = (result: AttemptResult) =>
      result.id === poison && result.status === "completed";
    if (report?.results.some(isPoisoned)) throw failure("refused");
  };
  for (const id of ids) handlers.end(id);
  await clock.advance(20_000);
  assertEquals(engine.results.map(({ id }) => id).sort(), ids);
  assertEquals(engine.results.filter(({ status }) => status === "failed").length, 1);
});

Deno.test("an engine that cannot be reached does not end the loop, and wakes no successor", async () => {
  const { clock, engine, logger, leaves, start, hasEnded } = setUp();
  engine.beforeCall = () => {
    throw failure("other");
  };
  start();
  await clock.advance(30_000);
  assertEquals(hasEnded(), false);
  assertStringIncludes(logger.lines[0] ?? "", "Cannot claim");
  assert(logger.lines.length < 40, `${logger.lines.length} attempts to claim in 30 seconds`);
  await clock.advance(20_000);
  assertEquals(hasEnded(), true);
  assertEquals(leaves, [false]);
});

Deno.test("work that is due and yet cannot be claimed is not asked for in a hurry", async () => {
  const { clock, engine, leaves, start } = setUp();
  engine.nextDueAt = 0;
  start();
  await clock.advance(45_000);
  assert(engine.calls.length < 60, `${engine.calls.length} calls in 45 seconds`);
  assertEquals(leaves, [false]);
});

Deno.test("a released worker aborts its handlers and gives the leases back", async () => {
  const { clock, engine, handlers, worker, start, hasEnded } = setUp();
  const ids = engine.add(3);
  start();
  await clock.advance(100);
  worker.release();
  await clock.advance(1000);
  assertEquals(engine.results.map(({ status }) => status), ["released", "released", "released"]);
  assertEquals(handlers.aborted, ids.map((id) => `${id}#1`));
  assertEquals(hasEnded(), true);
});

Deno.test("a released worker gives back what a look still brings", async () => {
  const { clock, engine, handlers, worker, start, hasEnded } = setUp();
  start();
  await clock.advance(100);
  worker.release();
  const id = engine.addOne();
  await clock.advance(100);
  assertEquals(handlers.started, []);
  assertEquals(engine.results, [{ id, attempt: 1, status: "released" }]);
  assertEquals(hasEnded(), true);
});

Deno.test("a released worker ends even if the engine cannot be reached", async () => {
  const { clock, engine, worker, start, hasEnded } = setUp();
  engine.add(1);
  start();
  await clock.advance(100);
  engine.beforeCall = () => {
    throw failure("other");
  };
  worker.release();
  await clock.advance(15_000);
  assertEquals(hasEnded(), true);
});
