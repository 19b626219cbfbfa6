import { openDatabase } from "../postgres/database.ts";
import { readEnvironment } from "../service/environment.ts";
import { createLog } from "../service/log.ts";
import { endOnSignal, workerEnvironment } from "../service/worker.ts";
import { failUnfinishedRuns, type Job, readJobs } from "./job.ts";
import { JobQueue } from "./job_queue.ts";
import { runJob } from "./job_run.ts";

/** How often the worker looks, as often as pg_cron does. */
const LOOK_MS = 1000;

const env = readEnvironment(workerEnvironment);
const log = createLog("cron");
const db = openDatabase(env.LOCAL_DB_URL, {
  connection: { application_name: env.LOCAL_APPLICATION_NAME },
});
const queue = new JobQueue(new Date());

async function look(): Promise<void> {
  try {
    for (const job of queue.begin(await readJobs(db), new Date())) void run(job);
  } catch (error) {
    logError(error);
  }
}

/** Runs a job; if another run of it was queued meanwhile, that begins at once. */
async function run(job: Job): Promise<void> {
  try {
    await runJob(db, env.LOCAL_DB_URL, job);
  } catch (error) {
    logError(error);
  }
  queue.finish(job.jobid);
  await look();
}

function logError(error: unknown): void {
  log("error", { message: error instanceof Error ? error.message : String(error) });
}

await failUnfinishedRuns(db);
log("looking", { every_ms: LOOK_MS });
const timer = setInterval(look, LOOK_MS);
await endOnSignal(log, async () => {
  clearInterval(timer);
  await db.end({ timeout: 1 });
});
