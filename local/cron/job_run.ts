import { type Database, openDatabase } from "../postgres/database.ts";
import type { Job } from "./job.ts";

/**
 * Runs a job once, on a connection of its own and as the job's role, and keeps a row of it in
 * `cron.job_run_details`.
 */
export async function runJob(db: Database, adminUrl: string, job: Job): Promise<void> {
  const [run] = await db`
    insert into cron.job_run_details (jobid, database, username, command, status)
    values (${job.jobid}, ${job.database}, ${job.username}, ${job.command}, 'starting')
    returning runid`;
  const runid: unknown = run?.runid;
  if (typeof runid !== "string") return;
  const connection = openDatabase(databaseUrl(adminUrl, job.database), {
    connection: { application_name: "pg_cron" },
  });
  try {
    const pid = await becomeRole(connection, job.username);
    await db`
      update cron.job_run_details
      set status = 'running', job_pid = ${pid}, start_time = clock_timestamp()
      where runid = ${runid}`;
    const message = resultSentence(await connection.unsafe(job.command).simple());
    await finish(db, runid, "succeeded", message);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await finish(db, runid, "failed", `ERROR:  ${message}`);
  } finally {
    await connection.end({ timeout: 1 });
  }
}

function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = encodeURIComponent(database);
  return url.href;
}

/** Makes the session what it would be if the role had logged in; returns its process id. */
async function becomeRole(connection: Database, role: string): Promise<number> {
  const [session] = await connection`
    select
      pg_backend_pid() as pid,
      set_config('session_authorization', ${role}, false),
      array(
        select set_config(split_part(c.setting, '=', 1), substr(c.setting, strpos(c.setting, '=') + 1), false)
        from pg_db_role_setting s, unnest(s.setconfig) as c (setting)
        where s.setrole in (0, (select r.oid from pg_roles r where r.rolname = ${role}))
          and s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
        order by s.setrole, s.setdatabase
      ) as settings`;
  return Number(session?.pid);
}

async function finish(db: Database, runid: string, status: string, message: string): Promise<void> {
  await db`
    update cron.job_run_details
    set
      status = ${status},
      return_message = ${message},
      start_time = coalesce(start_time, clock_timestamp()),
      end_time = clock_timestamp()
    where runid = ${runid}`;
}

/** What pg_cron keeps of a result: how many rows came, or the tag of a command that gives none. */
function resultSentence(result: unknown): string {
  const last: unknown = Array.isArray(result) && Array.isArray(result.at(-1))
    ? result.at(-1)
    : result;
  if (typeof last !== "object" || last === null || !("command" in last)) return "";
  const count = "count" in last ? Number(last.count) : 0;
  if (last.command === "SELECT") return count === 1 ? "1 row" : `${count} rows`;
  return String(last.command);
}
