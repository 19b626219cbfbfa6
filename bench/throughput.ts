import { measureBareQueue } from "./bare_queue.ts";
import { type Bench, waitFor } from "./bench_stack.ts";
import type { Figure, Section } from "./figure.ts";
import { cpuSeconds } from "./processes.ts";
import { createTable, createWorkflow, insertRows } from "./sample_table.ts";
import { format, median } from "./statistics.ts";

const RUNS = 10_000;
const ROUNDS = 5;
const TABLE = "bench_throughput";

/** From one bulk insert to the end of all its runs, through the real function. */
export async function measureThroughput(bench: Bench): Promise<Section> {
  await createTable(bench.db, TABLE);
  await createWorkflow(bench.db, TABLE, {
    type: "log",
    payload: { message: "{{ $.record.email }} signed up" },
  });
  await drain(bench, RUNS / 10);
  const before = await engineBytes(bench);
  const rounds: Drain[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const bare = await measureBareQueue(bench.db, 5 * RUNS);
    const measured = { ...await drain(bench, RUNS), bare };
    bench.say(`round ${round}: ${format(measured.perSecond)} actions a second`);
    rounds.push(measured);
  }
  const bytes = (await engineBytes(bench) - before) / (RUNS * ROUNDS);
  return {
    name: "throughput",
    title: `${format(RUNS)} runs of one action, from one bulk insert to all completed`,
    figures: figuresOf(rounds, bytes),
    notes: ["Each action: an event, a run, a log; condition, template, lease, attempt, audit."],
  };
}

interface Drain {
  readonly perSecond: number;
  /** Milliseconds of CPU for a thousand actions, by process of the stack. */
  readonly cpu: ReadonlyMap<string, number>;
  readonly bare: number;
}

async function drain(bench: Bench, count: number): Promise<Omit<Drain, "bare">> {
  const cpuBefore = await cpuSeconds(bench.dir);
  await insertRows(bench.db, TABLE, count);
  const [committed] = await bench.db`select clock_timestamp() as at`;
  await waitFor(() => isDone(bench), 50);
  const cpuAfter = await cpuSeconds(bench.dir);
  const [result] = await bench.db`
    select extract(epoch from max(completed_at) - ${committed?.at})::float8 as seconds
    from public.workflow_run`;
  await assertAllCompleted(bench);
  const cpu = [...cpuAfter].map(([name, seconds]): [string, number] => {
    return [name, (seconds - (cpuBefore.get(name) ?? 0)) * 1e6 / count];
  });
  return { perSecond: count / result?.seconds, cpu: new Map(cpu) };
}

/** Nothing waits to be matched, is due or is being worked on; each look-up is one of an index. */
async function isDone({ db }: Bench): Promise<boolean> {
  const [row] = await db`
    select not exists (select from public.workflow_event where expanded_at is null)
      and not exists (select from public.workflow_action_logs where status = 'not_started')
      and not exists (select from public.workflow_action_logs where status = 'processing') as done`;
  return row?.done === true;
}

async function assertAllCompleted({ db }: Bench): Promise<void> {
  const [row] = await db`
    select (select count(*) from public.${db(TABLE)})::integer as expected,
      (select count(*) from public.workflow_run where status = 'completed'
        and related_table = ${`public.${TABLE}`})::integer as completed,
      (select count(*) from public.workflow_action_logs where attempt <> 1)::integer as again`;
  if (row?.completed === row?.expected && row?.again === 0) return;
  throw new Error(`Not every run completed at its first attempt: ${JSON.stringify(row)}`);
}

async function engineBytes({ db }: Bench): Promise<number> {
  const [row] = await db`
    select sum(pg_total_relation_size(t))::float8 as bytes
    from unnest(array['public.workflow_event', 'public.workflow_run',
      'public.workflow_action_logs', 'public.workflow_history']::regclass[]) t`;
  return row?.bytes;
}

function figuresOf(rounds: readonly Drain[], bytes: number): Figure[] {
  const rates = rounds.map(({ perSecond }) => perSecond);
  const bare = median(rounds.map((round) => round.bare));
  const rate = median(rates);
  const names = [...rounds[0]?.cpu.keys() ?? []];
  const cpu = names.map((name) => ({
    name,
    ms: median(rounds.map((round) => round.cpu.get(name) ?? 0)),
  })).filter(({ ms }) => ms >= 1);
  return [
    {
      name: "actions a second",
      value: `${format(rate)} (${format(Math.min(...rates))} to ${format(Math.max(...rates))})`,
      goal: "≥ 1,000",
      beside: `bare SQL queue ${format(bare)}, so 1 to ${format(bare / rate)}; ` +
        "absurd 1,855, DBOS 1,439, pgflow 751",
    },
    ...cpu.map(({ name, ms }): Figure => ({
      name: `CPU of ${name}, a thousand actions`,
      value: `${format(ms)} ms`,
    })),
    {
      name: "storage of a run, before vacuum",
      value: `${format(bytes)} bytes`,
      beside: "absurd 1,108, DBOS 1,351, pgflow 4,584",
    },
  ];
}
