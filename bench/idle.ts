import { type Bench, waitFor } from "./bench_stack.ts";
import type { Section } from "./figure.ts";
import { cpuSeconds } from "./processes.ts";
import { format, median } from "./statistics.ts";

const WINDOW_SECONDS = 60;
const ROUNDS = 50;

/** What a stack costs on which nothing happens: with the tick, beside the same without it. */
export async function measureIdleCost(bench: Bench): Promise<Section> {
  await waitFor(() => isQuiet(bench), 500);
  // The tick that finds nothing goes back to once a minute.
  await bench.db`select public.workflow_action_log_cron()`;
  const withTick = await measureWindow(bench);
  await switchTick(bench, false);
  const without = await measureWindow(bench);
  await switchTick(bench, true);
  const tick = await measureTick(bench);
  const look = await measureLook(bench);
  return {
    name: "idle",
    title: "A minute on which nothing happens",
    figures: [
      {
        name: "transactions, for the tick",
        value: format(withTick.transactions - without.transactions),
        beside: `for the stand-ins of pg_net and pg_cron ${format(without.transactions)}`,
      },
      {
        name: "rows read, for the tick",
        value: format(withTick.rows - without.rows),
        beside: `for the stand-ins ${format(without.rows)}`,
      },
      { name: "one tick, nothing to do", value: `${format(tick)} ms` },
      { name: "one look of a lingering worker", value: `${format(look)} ms` },
      {
        name: "CPU of the stack",
        value: `${format(withTick.cpuMs)} ms`,
        beside: `without the tick ${format(without.cpuMs)} ms`,
      },
      {
        name: "connections of the engine",
        value: format(withTick.connections),
        beside: "a worker that polls holds one; absurd asks 240 times, DBOS 60 times",
      },
    ],
  };
}

interface Window {
  readonly transactions: number;
  readonly rows: number;
  readonly cpuMs: number;
  readonly connections: number;
}

async function measureWindow(bench: Bench): Promise<Window> {
  bench.say(`Waiting for ${WINDOW_SECONDS} s`);
  const [statistics, cpu] = [await readStatistics(bench), await totalCpu(bench)];
  await new Promise((resolve) => setTimeout(resolve, WINDOW_SECONDS * 1000));
  const [later, laterCpu] = [await readStatistics(bench), await totalCpu(bench)];
  return {
    transactions: later.transactions - statistics.transactions,
    rows: later.rows - statistics.rows,
    cpuMs: (laterCpu - cpu) * 1000,
    connections: later.connections,
  };
}

/** Connections of the engine are the Data API's that wait in a claim. */
async function readStatistics({ admin }: Bench): Promise<Omit<Window, "cpuMs">> {
  const [row] = await admin`
    select d.xact_commit::float8 as transactions, (d.tup_returned + d.tup_fetched)::float8 as rows, (
      select count(*)::integer from pg_stat_activity a
      where a.state <> 'idle' and a.query like '%workflow\\_%' and a.pid <> pg_backend_pid()
    ) as connections
    from pg_stat_database d
    where d.datname = current_database()`;
  return { transactions: row?.transactions, rows: row?.rows, connections: row?.connections };
}

async function totalCpu({ dir }: Bench): Promise<number> {
  return [...(await cpuSeconds(dir)).values()].reduce((sum, seconds) => sum + seconds, 0);
}

async function switchTick({ admin }: Bench, active: boolean): Promise<void> {
  await admin`
    select cron.alter_job(job_id := jobid, active := ${active})
    from cron.job where jobname = 'workflow-tick'`;
}

async function measureTick({ db }: Bench): Promise<number> {
  return await medianTime(() => db`select public.workflow_action_log_cron()`);
}

async function measureLook({ db }: Bench): Promise<number> {
  return await medianTime(() => db`select public.workflow_claim('bench', 1, 0)`);
}

async function medianTime(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return median(times);
}

/** Nothing to do is left, and the last worker has gone. */
async function isQuiet({ info, db }: Bench): Promise<boolean> {
  const response = await fetch(`${info.functions_admin_url}/functions`);
  const states: { busy: number }[] = await response.json();
  const [row] = await db`select workflow_engine.has_work(clock_timestamp()) as work`;
  return row?.work === false && states.every(({ busy }) => busy === 0);
}
