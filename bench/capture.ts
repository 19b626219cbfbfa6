import { type Bench, commandFunction } from "./bench_stack.ts";
import type { Figure, Section } from "./figure.ts";
import { createTable, insertRows } from "./sample_table.ts";
import { format, median } from "./statistics.ts";

const PLAIN = "bench_plain";
const ATTACHED = "bench_attached";
const SINGLE_ROUNDS = 1000;
const BULK_ROUNDS = 9;
const BULK_ROWS = 10_000;

/**
 * What an attached trigger adds to an insert, its part at commit included: the same statement on two
 * equal tables in turn, one attached. The function is off, so that nobody works on the events
 * meanwhile.
 */
export async function measureCapture(bench: Bench): Promise<Section> {
  await commandFunction(bench, "stop");
  await createTable(bench.db, PLAIN);
  await createTable(bench.db, ATTACHED);
  await bench.db`select public.workflow_attach(${`public.${ATTACHED}`}::regclass)`;
  await compare(bench, { rows: 1, rounds: 100 });
  const single = await compare(bench, { rows: 1, rounds: SINGLE_ROUNDS });
  const withoutDisk = await compare(bench, { rows: 1, rounds: SINGLE_ROUNDS, commit: "off" });
  await compare(bench, { rows: BULK_ROWS, rounds: 1 });
  const bulk = await compare(bench, { rows: BULK_ROWS, rounds: BULK_ROUNDS });
  await bench.db`truncate public.workflow_event cascade`;
  await commandFunction(bench, "start");
  return {
    name: "capture",
    title: "What an attached trigger adds to an insert into a table of ten columns",
    figures: [
      figureOf("one row, commit included", single, "adds < 0.3 ms"),
      figureOf("one row, commit not waiting for the disk", withoutDisk, "adds < 0.3 ms"),
      figureOf(`${format(BULK_ROWS)} rows in one statement`, bulk, "< 4 times"),
    ],
  };
}

interface Comparison {
  readonly rows: number;
  readonly rounds: number;
  /** Postgres's `synchronous_commit`: "off" leaves out the disk, which hides the processor's part. */
  readonly commit?: "on" | "off";
}

interface Times {
  readonly plain: readonly number[];
  readonly attached: readonly number[];
}

/** Milliseconds of the same insert into both tables, in turn; who begins alternates. */
async function compare(
  { db }: Bench,
  { rows, rounds, commit = "on" }: Comparison,
): Promise<Times> {
  const times = { plain: new Array<number>(), attached: new Array<number>() };
  const connection = await db.reserve();
  await connection`select set_config('synchronous_commit', ${commit}, false)`;
  const run = async (table: string, into: number[]) => {
    const start = performance.now();
    await insertRows(connection, table, rows);
    into.push(performance.now() - start);
  };
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) await run(PLAIN, times.plain);
    await run(ATTACHED, times.attached);
    if (round % 2 === 1) await run(PLAIN, times.plain);
  }
  await connection`reset synchronous_commit`;
  connection.release();
  return times;
}

function figureOf(name: string, { plain, attached }: Times, goal: string): Figure {
  const [without, with_] = [median(plain), median(attached)];
  return {
    name,
    value: `adds ${format(with_ - without)} ms, ${format(with_ / without)} times`,
    goal,
    beside: `without ${format(without)} ms, with ${format(with_)} ms`,
  };
}
