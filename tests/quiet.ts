import type { TestStack } from "./stack.ts";
import { until } from "./until.ts";

/** Keeps pg_cron from running the tick, so that a test alone decides when it runs. */
export async function pauseTick({ db }: TestStack): Promise<AsyncDisposable> {
  const switchJob = async (active: boolean) => {
    await db`
      select cron.alter_job(job_id := j.jobid, active := ${active})
      from cron.job j
      where j.jobname = 'workflow-tick'`;
  };
  await switchJob(false);
  return { [Symbol.asyncDispose]: () => switchJob(true) };
}

/** Keeps the function down as well, so that nobody but the test claims anything. */
export async function pauseEngine(stack: TestStack): Promise<AsyncDisposable> {
  const tick = await pauseTick(stack);
  await stack.functions.stop();
  return {
    [Symbol.asyncDispose]: async () => {
      await stack.functions.start();
      await tick[Symbol.asyncDispose]();
    },
  };
}

/** Ends the worker that lingers, and waits until the last ring silences no other. */
export async function untilNobodyListens({ db, functions }: TestStack): Promise<void> {
  await functions.stop();
  await functions.start();
  await until("the last ring to be old", async () => {
    const [row] = await db`select workflow_engine.rang_recently() as recently`;
    return row?.recently !== true;
  });
}
