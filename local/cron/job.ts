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

/** What Postgres answers where the schema or the table does not exist. */
const MISSING = new Set(["3F000", "42P01"]);

/**
 * Reads the active jobs.
 *
 * There are none where the extension is missing, and none where the real one is installed: it is
 * written in C and has a worker of its own.
 */
export async function readJobs(db: Database): Promise<Job[]> {
  try {
    const rows = await db`
      select j.jobid, j.schedule, j.command, j.database, j.username
      from cron.job j
      where j.active and exists (
        select
        from pg_proc p
        join pg_language l on l.oid = p.prolang
        where p.oid = to_regprocedure('cron.schedule(text,text)') and l.lanname <> 'c'
      )
      order by j.jobid`;
    return z.array(job).parse(rows);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Marks the runs that the last worker did not see to their end, as pg_cron does when it starts. */
export async function failUnfinishedRuns(db: Database): Promise<void> {
  try {
    await db`
      update cron.job_run_details
      set status = 'failed', return_message = 'server restarted', end_time = clock_timestamp()
      where status in ('starting', 'connecting', 'sending', 'running')`;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && MISSING.has(String(error.code));
}
