import { openStack, type TestStack } from "./stack.ts";
import { until } from "./until.ts";

/**
 * Keeps pg_cron from running the tick, so that a test alone decides when it runs. One that has
 * begun comes to its end first: it would pass over what a test holds, or be the only one.
 */
export async function pauseTick({ db, admin }: TestStack): Promise<AsyncDisposable> {
  const switchJob = async (active: boolean) => {
    await db`
      select cron.alter_job(job_id := j.jobid, active := ${active})
      from cron.job j
      where j.jobname = 'workflow-tick'`;
  };
  await switchJob(false);
  await until("the tick to end", async () => {
    const [run] = await admin`
      select from cron.job_run_details d join cron.job j on j.jobid = d.jobid
      where j.jobname = 'workflow-tick' and d.status in ('starting', 'running')`;
    return run === undefined;
  });
  return { [Symbol.asyncDispose]: () => switchJob(true) };
}

/**
 * Takes the function down. Afterwards it is up again, and the last ring, which nobody heard,
 * silences no other.
 */
export async function stopFunction(stack: TestStack): Promise<AsyncDisposable> {
  await stack.functions.stop();
  await untilCallsEnded(stack);
  return {
    [Symbol.asyncDispose]: async () => {
      await stack.functions.start();
      await forgetLastRing(stack);
    },
  };
}

/** Ends the function's processes at once, as a crash would, with all that they have asked for. */
export async function killFunction(stack: TestStack): Promise<void> {
  await stack.functions.kill();
  await untilCallsEnded(stack);
}

/**
 * Waits until no call of a worker is under way in the database. One that waits there for work goes
 * on for up to a second after its process was killed, and what it claims is nobody's.
 */
async function untilCallsEnded({ admin }: TestStack): Promise<void> {
  await until("the calls of workers to end", async () => {
    const [call] = await admin`
      select from pg_stat_activity a
      where a.application_name = 'local-api' and a.state <> 'idle'
        and a.query ~ 'workflow_(claim|report)'`;
    return call === undefined;
  });
}

/** Pauses the tick and takes the function down, so that nobody but the test claims anything. */
export async function pauseEngine(stack: TestStack): Promise<AsyncDisposable> {
  await using parts = new AsyncDisposableStack();
  parts.use(await pauseTick(stack));
  parts.use(await stopFunction(stack));
  return parts.move();
}

/** Does so while the tests of a file run, for a file of many short ones. */
export function pauseEngineInFile(): void {
  const parts = new AsyncDisposableStack();
  Deno.test.beforeAll(async () => {
    const stack = parts.use(await openStack());
    parts.use(await pauseEngine(stack));
  });
  Deno.test.afterAll(() => parts.disposeAsync());
}

/** Ends the worker that lingers, so that only a wake-up brings another one. */
export async function untilNobodyListens(stack: TestStack): Promise<void> {
  await using _function = await stopFunction(stack);
}

/**
 * Makes the last ring so old that it silences no other, as a second later it would be. Rings are
 * timed by the clock that does not travel.
 */
export async function forgetLastRing({ db }: TestStack): Promise<void> {
  await db`select setval('workflow_engine.last_ring_at', 0)`;
}

/** Moves the engine's clock, but lets no tick run. */
export async function letTimePass({ db }: TestStack, interval: string): Promise<void> {
  await db`update workflow_engine.clock_offset set "offset" = "offset" + ${interval}::interval`;
}
