import { type Bench, commandFunction, waitFor } from "./bench_stack.ts";
import type { Figure, Section } from "./figure.ts";
import { createTable, createWorkflow, insertRows } from "./sample_table.ts";
import { format, median, percentile } from "./statistics.ts";

const TABLE = "bench_latency";
const LINGERING_EVENTS = 160;
const IDLE_EVENTS = 40;
const PAUSE_MS = 100;

/** When, on the one clock of this machine, in milliseconds. */
interface Trip {
  readonly inserted: number;
  /** The insert's answer has come: its commit is known. */
  readonly committed: number;
  readonly claimed: number;
  /** The handler's request has come: it has begun before. */
  readonly called: number;
}

/**
 * From the commit of a row to the start of its handler, which calls this process: so the figure
 * includes that call. Both while a worker lingers and after the last one has left.
 */
export async function measureLatency(bench: Bench): Promise<Section> {
  await using application = serveApplication();
  await bench.db`update workflow_engine.settings set allowed_hosts = array['127.0.0.1']`;
  await createTable(bench.db, TABLE);
  await createWorkflow(bench.db, TABLE, {
    type: "webhook",
    payload: { email: "{{ $.record.email }}" },
    targetEndpoint: application.url,
  });
  await commandFunction(bench, "start");
  const trip = () => makeTrip(bench, application);
  for (let warmUp = 0; warmUp < 5; warmUp++) await trip();
  const netIdle = await measureNet(bench, application);
  const lingering: Trip[] = [];
  for (let event = 0; event < LINGERING_EVENTS; event++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    lingering.push(await trip());
  }
  const idle: Trip[] = [];
  for (let event = 0; event < IDLE_EVENTS; event++) {
    await waitFor(() => isIdle(bench));
    idle.push(await trip());
    if (idle.length % 10 === 0) bench.say(`${idle.length} of ${IDLE_EVENTS} events after a rest`);
  }
  return {
    name: "latency",
    title: "From the commit of a row to the request of its handler, in milliseconds",
    figures: [
      figureOf("all 200 events", [...lingering, ...idle], {
        goal: "p50 < 50, p99 < 300",
        beside: "graphile-worker 1.0 / 5.0, absurd 127 / 253, DBOS 520 / 1,030, pgflow 51 / 103",
      }),
      figureOf(`${LINGERING_EVENTS} events, a worker lingers`, lingering, {}),
      figureOf(`${IDLE_EVENTS} events, no worker is there`, idle, {
        beside: `a bare request of pg_net ${format(median(netIdle))} / ${
          format(percentile(netIdle, 0.99))
        }`,
      }),
      partsOf("of which, lingering", lingering),
      partsOf("of which, no worker", idle),
    ],
    notes: ["p50 / p99. Peers: p50 / p99 with their default settings, from the enqueue's return."],
  };
}

/** An application that notes when it was called, by what it was sent. */
interface Application extends AsyncDisposable {
  readonly url: string;
  /** Resolves with the time of the next call. */
  nextCall(): Promise<number>;
}

function serveApplication(): Application {
  let notice: (time: number) => void = () => {};
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    notice(now());
    void request.body?.cancel();
    return new Response(null, { status: 204 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/called`,
    nextCall: () => new Promise((resolve) => notice = resolve),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Milliseconds since 1970 with their fractions, on the clock that Postgres reads too. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

async function makeTrip({ db }: Bench, application: Application): Promise<Trip> {
  const call = application.nextCall();
  const inserted = now();
  await insertRows(db, TABLE, 1);
  const committed = now();
  const called = await call;
  const [log] = await db`
    select extract(epoch from started_at)::float8 * 1000 as claimed
    from public.workflow_action_logs order by id desc limit 1`;
  return { inserted, committed, claimed: log?.claimed, called };
}

/** A round trip of pg_net alone, a second apart, as its worker then is idle. */
async function measureNet({ db }: Bench, application: Application): Promise<number[]> {
  const times: number[] = [];
  for (let request = 0; request < 10; request++) {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const call = application.nextCall();
    await db`select net.http_post(url := ${application.url}, body := '{}')`;
    const committed = now();
    times.push(await call - committed);
  }
  return times;
}

/** No worker is at work and nobody was rung within the last second. */
async function isIdle({ info, db }: Bench): Promise<boolean> {
  const response = await fetch(`${info.functions_admin_url}/functions`);
  const states: { name: string; busy: number }[] = await response.json();
  const [ring] = await db`select not workflow_engine.rang_recently() as over`;
  return states.every(({ busy }) => busy === 0) && ring?.over === true;
}

function figureOf(name: string, trips: readonly Trip[], more: Partial<Figure>): Figure {
  const times = trips.map(({ committed, called }) => called - committed);
  const value = `${format(median(times))} / ${format(percentile(times, 0.99))}`;
  return { name, value, ...more };
}

/** The medians of a trip's parts. */
function partsOf(name: string, trips: readonly Trip[]): Figure {
  const part = (take: (trip: Trip) => number) => format(median(trips.map(take)));
  const commit = part(({ inserted, committed }) => committed - inserted);
  const claim = part(({ committed, claimed }) => claimed - committed);
  const call = part(({ claimed, called }) => called - claimed);
  return { name, value: `commit to claim ${claim}, claim to call ${call} (insert ${commit})` };
}
