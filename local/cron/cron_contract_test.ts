/** What pg_cron promises, held against the local stack or the database of CONTRACT_DB_URL. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openContractDatabase, sqlState, untilRow } from "../contract/contract_database.ts";
import type { Database } from "../postgres/database.ts";
import { MALFORMED_SCHEDULES, MALFORMED_SINCE_1_6 } from "./malformed_schedules.ts";

/** pg_cron knows seconds since 1.5; Debian 12 has 1.4. */
const knowsSeconds = await (async () => {
  await using db = await openContractDatabase();
  const [row] = await db`select extversion from pg_extension where extname = 'pg_cron'`;
  return Number.parseFloat(String(row?.extversion)) >= 1.5;
})();
const SOON = knowsSeconds ? "1 second" : "* * * * *";
const SOON_SECONDS = knowsSeconds ? 10 : 75;

/** Runs in a transaction that is rolled back, so that no job stays. */
async function inTransaction(test: (db: Database) => Promise<void>): Promise<void> {
  await using db = await openContractDatabase();
  const connection = await db.reserve();
  try {
    await connection`begin`;
    await test(connection);
  } finally {
    await connection`rollback`;
    connection.release();
  }
}

async function schedule(db: Database, name: string, when: string, command: string) {
  const [row] = await db`select cron.schedule(${name}, ${when}, ${command}) as id`;
  return String(row?.id);
}

async function readJob(db: Database, id: string) {
  const [row] = await db`select * from cron.job where jobid = ${id}`;
  return row;
}

/** A job that is committed, and removed with its history after the test. */
async function runningJob(
  db: Database,
  command: string,
): Promise<AsyncDisposable & { id: string }> {
  const id = await schedule(db, `contract_${crypto.randomUUID()}`, SOON, command);
  return {
    id,
    [Symbol.asyncDispose]: async () => {
      await db`select cron.unschedule(${id}::bigint)`;
      await db`delete from cron.job_run_details where jobid = ${id}`;
    },
  };
}

async function endedRun(db: Database, id: string) {
  return await untilRow(
    () =>
      db`
        select * from cron.job_run_details
        where jobid = ${id} and status in ('succeeded', 'failed')
        order by runid`,
    SOON_SECONDS,
  );
}

Deno.test("pg_cron: a job belongs to who scheduled it, in this database, and is active", () =>
  inTransaction(async (db) => {
    const id = await schedule(db, "contract", "5 4 * * *", "select 1");
    const [me] = await db`select current_user as username, current_database() as database`;
    const job = await readJob(db, id);
    assertEquals(
      [job?.jobname, job?.schedule, job?.command, job?.active, job?.username, job?.database],
      ["contract", "5 4 * * *", "select 1", true, me?.username, me?.database],
    );
  }));

Deno.test("pg_cron: a job needs no name", () =>
  inTransaction(async (db) => {
    const [row] = await db`select cron.schedule('@daily', 'select 1') as id`;
    assertEquals((await readJob(db, String(row?.id)))?.jobname, null);
  }));

Deno.test("pg_cron: scheduling a name again changes that job", () =>
  inTransaction(async (db) => {
    const first = await schedule(db, "contract", "5 4 * * *", "select 1");
    const second = await schedule(db, "contract", "6 4 * * *", "select 2");
    assertEquals(second, first);
    assertEquals((await readJob(db, first))?.command, "select 2");
  }));

Deno.test("pg_cron: a job is unscheduled by its id or by its name", () =>
  inTransaction(async (db) => {
    const byId = await schedule(db, "contract_a", "5 4 * * *", "select 1");
    const byName = await schedule(db, "contract_b", "5 4 * * *", "select 1");
    await db`select cron.unschedule(${byId}::bigint), cron.unschedule('contract_b')`;
    assertEquals([await readJob(db, byId), await readJob(db, byName)], [undefined, undefined]);
  }));

Deno.test("pg_cron: unscheduling a job that is not there is an error", () =>
  inTransaction(async (db) => {
    await assertRejects(
      async () => await db`select cron.unschedule('contract_nobody')`,
      Error,
      "could not find valid entry for job 'contract_nobody'",
    );
  }));

Deno.test("pg_cron: altering a job changes what is named and keeps the rest", () =>
  inTransaction(async (db) => {
    const id = await schedule(db, "contract", "5 4 * * *", "select 1");
    await db`select cron.alter_job(${id}::bigint, schedule => '7 4 * * *', active => false)`;
    const job = await readJob(db, id);
    assertEquals([job?.schedule, job?.command, job?.active], ["7 4 * * *", "select 1", false]);
  }));

Deno.test("pg_cron: altering nothing is an error", () =>
  inTransaction(async (db) => {
    const id = await schedule(db, "contract", "5 4 * * *", "select 1");
    await assertRejects(
      async () => await db`select cron.alter_job(${id}::bigint)`,
      Error,
      "no updates specified",
    );
  }));

for (const malformed of [...MALFORMED_SCHEDULES, ...(knowsSeconds ? MALFORMED_SINCE_1_6 : [])]) {
  Deno.test(`pg_cron: the schedule "${malformed}" is refused`, () =>
    inTransaction(async (db) => {
      await assertRejects(
        () => schedule(db, "contract", malformed, "select 1"),
        Error,
        `invalid schedule: ${malformed}`,
      );
    }));
}

Deno.test("pg_cron: seconds are a schedule since 1.5", () =>
  inTransaction(async (db) => {
    const state = await sqlState(schedule(db, "contract", "30 seconds", "select 1"));
    assertEquals(state, knowsSeconds ? "none" : "22023");
  }));

for (
  const statement of [
    "insert into cron.job (schedule, command) values ('* * * * *', 'select 1')",
    "update cron.job set schedule = '* * * * *'",
    "delete from cron.job",
  ]
) {
  Deno.test(`pg_cron: the table of jobs cannot be written: ${statement.split(" ")[0]}`, () =>
    inTransaction(async (db) => {
      assertEquals(await sqlState(db.unsafe(statement)), "42501");
    }));
}

Deno.test("pg_cron: a role sees its own jobs and runs only", async () => {
  await using db = await openContractDatabase();
  const rows = await db`
    select c.relname, c.relrowsecurity, pg_get_expr(p.polqual, p.polrelid) as rule
    from pg_class c
    join pg_policy p on p.polrelid = c.oid
    where c.oid in ('cron.job'::regclass, 'cron.job_run_details'::regclass)
    order by c.relname`;
  assertEquals([...rows].map(({ relname, relrowsecurity }) => [relname, relrowsecurity]), [
    ["job", true],
    ["job_run_details", true],
  ]);
  for (const { rule } of rows) {
    assert(/username.*=.*CURRENT_USER/i.test(String(rule)), `the rule is ${rule}`);
  }
});

Deno.test("pg_cron: altering is granted to nobody but the project's owner", async () => {
  await using db = await openContractDatabase();
  const [row] = await db`
    select
      has_function_privilege(
        'authenticated', 'cron.alter_job(bigint,text,text,text,text,boolean)', 'execute'
      ) as users,
      has_function_privilege(
        'cron.alter_job(bigint,text,text,text,text,boolean)', 'execute'
      ) as owner`;
  assertEquals(row, { users: false, owner: true });
});

Deno.test("pg_cron: jobs run", async (t) => {
  await using db = await openContractDatabase();
  await using succeeding = await runningJob(db, "select 1");
  await using failing = await runningJob(
    db,
    "do $$ begin raise exception 'I am % of %', current_user, session_user; end $$",
  );
  const [me] = await db`select current_user as username, current_database() as database`;

  await t.step("a run is kept with its status, its role, its process and its times", async () => {
    const run = await endedRun(db, succeeding.id);
    assertEquals(
      [run.status, run.command, run.username, run.database],
      ["succeeded", "select 1", me?.username, me?.database],
    );
    assert(run.return_message === "1 row" || run.return_message === "SELECT 1");
    assert(Number(run.job_pid) > 0);
    assert(run.start_time <= run.end_time);
  });

  await t.step("a job runs as its role, and a failure keeps its message", async () => {
    const run = await endedRun(db, failing.id);
    assertEquals(run.status, "failed");
    assert(String(run.return_message).includes(`I am ${me?.username} of ${me?.username}`));
  });
});

if (knowsSeconds) {
  Deno.test("pg_cron: a run that overlaps is queued, not started beside the other", async () => {
    await using db = await openContractDatabase();
    await using job = await runningJob(db, "select pg_sleep(1.4)");
    const [second] = await untilRow(async () => {
      const runs = await db`
        select
          start_time,
          lag(end_time) over (order by runid) as previous_end
        from cron.job_run_details
        where jobid = ${job.id} and start_time is not null
        order by runid
        offset 1`;
      return runs.length > 0 ? [runs] : [];
    }, SOON_SECONDS);
    assert(second?.start_time >= second?.previous_end, "the runs overlap");
    assert(
      second?.start_time - second?.previous_end < 1000,
      "the queued run did not follow at once",
    );
  });
}
