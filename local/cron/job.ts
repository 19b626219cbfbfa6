import { z } from "zod";
import type { Database } from "../postgres/database.ts";

/** An active row of `cron.job`. */
export const job = z.object({
  jobid: z.string(),
  schedule: z.string(),
  command: z.string(),
  database: z.string(),
  username: z.string(),
});
export type Job = z.infer<typeof job>;

/**
 * Whether this database has the stand-in. The real pg_cron has a worker of its own and is written
 * in C.
 */
async function hasStandIn(db: Database): Promise<boolean> {
  const [row] = await db`
    select exists (
      select
      from pg_proc p
      join pg_language l on l.oid = p.prolang
      where p.oid = to_regprocedure('cron.schedule(text,text)') and l.lanname <> 'c'
    ) as found`;
  return row?.found === true;
}

/** Reads the active jobs; there are none where the stand-in is not installed. */
export async function readJobs(db: Database): Promise<Job[]> {
  if (!await hasStandIn(db)) return [];
  const rows = await db`
    select j.jobid, j.schedule, j.command, j.database, j.username
    from cron.job j
    where j.active
    order by j.jobid`;
  return z.array(job).parse(rows);
}

/** Marks the runs that the last worker did not see to their end, as pg_cron does when it starts. */
export async function failUnfinishedRuns(db: Database): Promise<void> {
  if (!await hasStandIn(db)) return;
  await db`
    update cron.job_run_details
    set status = 'failed', return_message = 'server restarted', end_time = clock_timestamp()
    where status in ('starting', 'connecting', 'sending', 'running')`;
}
