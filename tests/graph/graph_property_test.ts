/**
 * Random definitions, and random things that happen to their runs: outcomes, retries, waits with their
 * answers and timeouts, signals, stops and pauses. The engine has every run stand as the interpreter
 * does. Both are driven in the same order, one thing after another.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import postgres from "postgres";
import { EngineRun } from "./engine_run.ts";
import {
  type Answer,
  Interpreter,
  isUnfinished,
  type Log,
  nameOf,
  type Signal,
  waitOf,
} from "./interpreter.ts";
import { type Scenario, scenarios, type Step } from "./scenario.ts";

const COMPLETES: Step = { kind: "report", pick: 0, outcome: "completed", event: "" };

const numRuns = Number(Deno.env.get("WORKFLOW_PROPERTY_CASES") ?? 300);
const seed = Number(Deno.env.get("WORKFLOW_PROPERTY_SEED") ?? Date.now() % 2 ** 31);

Deno.test(`the engine agrees with the interpreter in ${numRuns} cases (seed ${seed})`, async () => {
  const sql = postgres(Deno.env.get("DATABASE_URL") ?? "", { max: 1, onnotice: () => {} });
  try {
    const property = fc.asyncProperty(scenarios, (scenario) => compare(sql, scenario));
    await fc.assert(property, { numRuns, seed });
  } finally {
    await sql.end();
  }
});

/** Plays a scenario in both. Nothing of it stays in the database. */
async function compare(sql: postgres.Sql, scenario: Scenario): Promise<void> {
  await sql`begin`;
  const interpreter = new Interpreter(scenario.actions);
  try {
    const engine = await EngineRun.start(sql, scenario.actions);
    try {
      await playAll(scenario, interpreter, engine);
      await agree(interpreter, engine);
    } catch (error) {
      const standing = await engine.read().catch((reason: unknown) => String(reason));
      throw new Error(
        describe({ ...scenario, engine: standing, interpreter: interpreter.read() }),
        { cause: error },
      );
    }
  } finally {
    await sql`rollback`;
  }
}

function describe(parts: Record<string, unknown>): string {
  return Object.entries(parts).map(([name, part]) =>
    `\n${name}\n${Deno.inspect(part, { depth: 9, iterableLimit: 99, breakLength: 100 })}`
  ).join("\n");
}

async function agree(interpreter: Interpreter, engine: EngineRun): Promise<void> {
  assertEquals(await engine.read(), interpreter.read());
}

async function playAll(
  { lives, isDrained }: Scenario,
  interpreter: Interpreter,
  engine: EngineRun,
): Promise<void> {
  for (const [life, steps] of lives.entries()) {
    if (life > 0 && !(await retry(interpreter, engine))) return;
    const isPlayedOut = isDrained || life < lives.length - 1;
    for (let turn = 0; isPlayedOut || turn < steps.length; turn += 1) {
      if (interpreter.run !== "running" && interpreter.run !== "paused") break;
      await play(steps[turn] ?? COMPLETES, interpreter, engine);
    }
  }
}

/** Whether the run goes on; one that ended well or was undone does not. */
async function retry(interpreter: Interpreter, engine: EngineRun): Promise<boolean> {
  await agree(interpreter, engine);
  if (!interpreter.retry()) {
    assert(await engine.refusesRetry(), "The engine retries what has ended well or was undone");
    return false;
  }
  await engine.retry();
  await agree(interpreter, engine);
  return true;
}

/** One thing happens to both: what the step says, if there is anything that it can happen to. */
async function play(step: Step, interpreter: Interpreter, engine: EngineRun): Promise<void> {
  const { kind, pick, outcome } = step;
  const find = (applies: (log: Log) => boolean) => choose(interpreter.logs.filter(applies), pick);
  const running = find(({ status }) => status === "processing");
  const asking = find((log) => !["sleep", undefined].includes(waitOf(log)?.kind));
  const stoppable = find(isUnfinished);
  if (kind === "signal") {
    await signal({ event: step.event, number: pick % 2, id: pick }, interpreter, engine);
  } else if (kind === "stop_run") {
    interpreter.stopRun();
    await engine.stopRun();
  } else if (kind === "stop" && stoppable !== null) {
    interpreter.stop(stoppable);
    await engine.stop(nameOf(stoppable));
  } else if (kind === "pause" && interpreter.run === "running") {
    interpreter.pause();
    await engine.pause();
  } else if (kind === "answer" && asking !== null) {
    await answer(asking, step, interpreter, engine);
  } else if (kind !== "travel" && running !== null) {
    interpreter.report(running, outcome);
    await engine.report(nameOf(running), outcome);
  } else if (kind !== "travel" && interpreter.run === "paused") {
    await agree(interpreter, engine);
    interpreter.resume();
    await engine.resume();
  } else if (kind !== "travel" && asking !== null && pick % 2 === 0) {
    await answer(asking, step, interpreter, engine);
  } else {
    await engine.travel(interpreter.travel());
  }
}

/** What waits gets an answer, and be it the event that it waits for. */
async function answer(
  log: Log,
  { outcome, pick }: Step,
  interpreter: Interpreter,
  engine: EngineRun,
): Promise<void> {
  const wait = waitOf(log);
  if (wait?.kind === "event") {
    const number = wait.number ?? pick % 2;
    return await signal({ event: wait.event, number, id: pick }, interpreter, engine);
  }
  const answer: Answer = outcome === "completed" || outcome === "final" ? outcome : "failed";
  interpreter.answer(log, answer);
  await engine.answer(nameOf(log), wait?.kind ?? "callback", answer);
}

async function signal(sent: Signal, interpreter: Interpreter, engine: EngineRun): Promise<void> {
  interpreter.signal(sent, await engine.readNames());
  await engine.signal(sent);
}

function choose(logs: readonly Log[], pick: number): Log | null {
  return logs[pick % logs.length] ?? null;
}
