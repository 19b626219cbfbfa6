import type { TestStack } from "./stack.ts";

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
