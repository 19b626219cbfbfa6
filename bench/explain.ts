import { type Database, openDatabase } from "../local/postgres/database.ts";
import { type Bench, commandFunction } from "./bench_stack.ts";
import type { Figure, Section } from "./figure.ts";
import { growDefinitions, growHistory } from "./history.ts";
import { type Execution, readExecution } from "./plan.ts";
import { createTable, createWorkflow, insertRows } from "./sample_table.ts";
import { format } from "./statistics.ts";

const TABLE = "bench_plans";
const HISTORY = 1_000_000;
const DEFINITIONS = 1000;
const BATCH = 100;

/** Read from one end to the other by design: a handful of rows, whatever the engine has done. */
const TINY = [
  "settings",
  "attachment",
  "action_log_transition",
  "tick_state",
  "wake_request",
  "pause",
  "awaited_name",
  "unneeded_child",
  "secrets",
  "job",
  // The catalog's tables, once a tick, for new partitions of attached tables.
  "pg_class",
];

/**
 * What claim, report and tick look at when a million runs are over. Once by a session that made its
 * plans when the tables were empty, as one of a pool may have; once by a new one, every plan of
 * every statement that they execute included.
 */
export async function measurePlans(bench: Bench): Promise<Section> {
  await commandFunction(bench, "stop");
  await keepStatistics(bench, false);
  await createTable(bench.db, TABLE);
  await insertRows(bench.db, TABLE, HISTORY / 10);
  await createWorkflow(bench.db, TABLE, { type: "log", payload: { message: "{{ $.record.id }}" } });
  const old = openDatabase(bench.info.db_url);
  await createWaits(bench.db);
  for (let round = 0; round < 10; round++) {
    await workOnce(old, bench.db, 3);
    await waitOnce(old, bench.db, { first: -100 * round, count: 3 });
  }

  bench.say(`Inserting a million finished runs`);
  await growDefinitions(bench.db, DEFINITIONS);
  await growHistory(bench.admin, HISTORY);
  bench.say("Working with plans that were made on empty tables");
  const stale = await readSequentially(old, bench.db);
  await old.end();

  await bench.admin`vacuum (analyze)`;
  await keepStatistics(bench, true);
  const calls = await explainCalls(bench);
  await commandFunction(bench, "start");
  return {
    name: "plans",
    title: `Access among ${format(HISTORY)} finished runs, ${BATCH} actions a call`,
    figures: [...calls.map(figureOf), {
      name: "rows read by plans made on empty tables",
      value: stale.length === 0 ? "by index only" : stale.join(", "),
      goal: "by index only",
    }],
    notes: calls.flatMap(({ executions }) => heaviest(executions)),
  };
}

/** Autovacuum would gather statistics, upon which plans are made anew: the bench says when. */
async function keepStatistics({ admin }: Bench, automatic: boolean): Promise<void> {
  for (const table of ["workflow_event", "workflow_run", "workflow_action_logs"]) {
    await admin`alter table public.${admin(table)} set (autovacuum_enabled = ${
      admin.unsafe(
        String(automatic),
      )
    })`;
  }
}

/** A workflow that waits for an event with the same id as its own. */
async function createWaits(db: Database): Promise<void> {
  await db`select public.workflow_deploy(${
    db.json({
      name: "bench waits",
      trigger: "bench.asked",
      actions: [{
        action_type: "wait_for_event",
        payload: { event: "bench.answered", match: { id: "{{ $.event.id }}" } },
      }],
    })
  })`;
}

interface Ids {
  readonly first: number;
  readonly count: number;
}

const listOf = ({ first, count }: Ids) => Array.from({ length: count }, (_, i) => first + i);

/** Has so many events happen, as attached tables write them. */
async function happen(db: Database, name: string, ids: Ids): Promise<void> {
  await db`
    insert into public.workflow_event (name, source, payload)
    select ${name}, 'table', jsonb_build_object('id', i)
    from unnest(${listOf(ids)}::integer[]) i`;
}

/** Reports that each claim waits for its event. */
async function reportWaits(db: Database, claims: readonly Claim[]): Promise<void> {
  const results = claims.map(({ id, attempt, values: [own = null] }) => ({
    id,
    attempt,
    status: "waiting",
    wait: { kind: "event", event: "bench.answered", match: { id: own } },
  }));
  await db`select public.workflow_report('bench', ${db.json(results)}, '[]', 0, 0)`;
}

/** Lets runs wait for events that then happen, until all have ended. */
async function waitOnce(worker: Database, application: Database, ids: Ids): Promise<void> {
  await happen(application, "bench.asked", ids);
  const { claim } = workOf(worker, ids.count);
  await reportWaits(worker, await claim());
  await claim();
  await happen(application, "bench.answered", ids);
  await claim();
  await claim();
}

interface Claim {
  readonly id: string;
  readonly attempt: number;
  readonly values: readonly (number | string | null)[];
}

interface Work {
  claim(): Promise<readonly Claim[]>;
  report(claims: readonly Claim[]): Promise<void>;
}

function workOf(db: Database, most: number): Work {
  return {
    claim: async () => {
      const [row] = await db`select public.workflow_claim('bench', ${most}, 0) as answer`;
      return row?.answer.claims;
    },
    report: async (claims) => {
      const results = claims.map(({ id, attempt }) => ({
        id,
        attempt,
        status: "completed",
        output: { message: "done" },
      }));
      await db`select public.workflow_report('bench', ${db.json(results)}, '[]', 0, 0)`;
    },
  };
}

async function workOnce(worker: Database, application: Database, count: number): Promise<void> {
  await insertRows(application, TABLE, count);
  const { claim, report } = workOf(worker, count);
  await report(await claim());
}

/** Which tables a round reads row by row, and how many rows, counted in its transaction. */
async function readSequentially(worker: Database, application: Database): Promise<string[]> {
  await insertRows(application, TABLE, BATCH);
  const { claim, report } = workOf(worker, BATCH);
  await worker`begin`;
  const claims = await claim();
  if (claims.length !== BATCH) throw new Error(`Claimed ${claims.length} of ${BATCH}`);
  await report(claims);
  await waitOnce(worker, worker, { first: 1_000_000, count: BATCH });
  const rows = await worker`
    select relname, seq_scan, seq_tup_read
    from pg_stat_xact_user_tables
    where seq_scan > 0 and seq_tup_read > 0 and relname <> all (${TINY})
    order by seq_tup_read desc`;
  await worker`commit`;
  return rows.map(({ relname, seq_scan, seq_tup_read }) =>
    `${relname} ${format(Number(seq_tup_read))} rows in ${seq_scan} scans`
  );
}

interface Call {
  readonly name: string;
  readonly executions: readonly Execution[];
}

/** Runs each call with auto_explain, which tells this connection about every nested statement. */
async function explainCalls(bench: Bench): Promise<Call[]> {
  let executions: Execution[] = [];
  const db = openDatabase(bench.info.admin_db_url, {
    onnotice: ({ message = "" }) => {
      const execution = readExecution(message);
      if (execution !== undefined) executions.push(execution);
    },
  });
  const calls: Call[] = [];
  const record = async <Result>(name: string, run: () => Promise<Result>): Promise<Result> => {
    executions = [];
    const result = await run();
    calls.push({ name, executions });
    return result;
  };
  for (let round = 0; round < 10; round++) {
    await workOnce(db, bench.db, BATCH);
    await waitOnce(db, bench.db, { first: 2_000_000 + BATCH * round, count: BATCH });
  }
  await insertRows(bench.db, TABLE, BATCH);
  await switchOnAutoExplain(db);
  const { claim, report } = workOf(db, BATCH);
  const claims = await record("workflow_claim, events expanded", claim);
  await record("workflow_report", () => report(claims));
  const ids = { first: 3_000_000, count: BATCH };
  await happen(bench.db, "bench.asked", ids);
  const waits = await claim();
  await record("workflow_report, all wait for an event", () => reportWaits(db, waits));
  await claim();
  await happen(bench.db, "bench.answered", ids);
  await record("workflow_claim, all events answer one", claim);
  await claim();
  await record("workflow_claim, nothing due", claim);
  await record("workflow_action_log_cron", async () => {
    await db`select public.workflow_action_log_cron()`;
  });
  await db.end();
  return calls;
}

async function switchOnAutoExplain(db: Database): Promise<void> {
  await db`load 'auto_explain'`;
  const settings = {
    log_min_duration: "0",
    log_nested_statements: "on",
    log_analyze: "on",
    log_timing: "off",
    log_buffers: "on",
    log_format: "json",
    log_level: "notice",
  };
  for (const [name, value] of Object.entries(settings)) {
    await db`select set_config(${`auto_explain.${name}`}, ${value}, false)`;
  }
}

function figureOf({ name, executions }: Call): Figure {
  const buffers = Math.max(...executions.map((execution) => execution.buffers));
  const sequential = new Set(
    executions.flatMap((execution) => execution.sequential).filter((table) =>
      !TINY.includes(table)
    ),
  );
  const access = sequential.size === 0 ? "by index only" : `ALL OF ${[...sequential].join(", ")}`;
  return {
    name,
    value: `${format(buffers)} buffers in ${executions.length} statements, ${access}`,
    goal: "by index only",
  };
}

/** The statements that looked at the most pages, those that call others left out. */
function heaviest(executions: readonly Execution[]): string[] {
  return executions.toSorted((a, b) => b.buffers - a.buffers)
    .filter(({ query }) => !/^select (public|workflow_engine)\./i.test(query))
    .slice(0, 5)
    .map(({ query, buffers }) => `${format(buffers).padStart(8)} buffers: ${query.slice(0, 100)}`);
}
