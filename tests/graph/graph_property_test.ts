/**
 * Random definitions with random outcomes, retries and stops: the engine ends every run as the
 * interpreter does. Both are driven in the same order, one thing after another.
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import postgres from "postgres";
import { EngineRun } from "./engine_run.ts";
import { Interpreter, isUnfinished, type Log, nameOf } from "./interpreter.ts";
import { type Scenario, scenarios, type Step } from "./scenario.ts";

const COMPLETES: Step = { kind: "report", pick: 0, outcome: "completed" };

const numRuns = Number(Deno.env.get("WORKFLOW_PROPERTY_CASES") ?? 300);
const seed = Number(Deno.env.get("WORKFLOW_PROPERTY_SEED") ?? Date.now() % 2 ** 31);

Deno.test(`the engine agrees with the interpreter in ${numRuns} cases (seed ${seed})`, async () => {
  const sql = postgres(Deno.env.get("DATABASE_URL") ?? "", { max: 1, onnotice: () => {} });
  try {
    const agree = fc.asyncProperty(scenarios, (scenario) => compare(sql, scenario));
    await fc.assert(agree, { numRuns, seed });
  } finally {
    await sql.end();
  }
});

/** Plays a scenario in both. Nothing of it stays in the database. */
async function compare(sql: postgres.Sql, { actions, steps }: Scenario): Promise<void> {
  await sql`begin`;
  const interpreter = new Interpreter(actions);
  try {
    const engine = await EngineRun.start(sql, actions);
    try {
      for (let turn = 0; interpreter.run === "running"; turn += 1) {
        await play(steps[turn] ?? COMPLETES, interpreter, engine);
      }
      assertEquals(await engine.read(), interpreter.read());
    } catch (error) {
      const standing = await engine.read().catch((reason: unknown) => String(reason));
      throw new Error(
        describe({ actions, steps, engine: standing, interpreter: interpreter.read() }),
        {
          cause: error,
        },
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

/** One thing happens to both. Nothing can be reported while all that is left is to come later. */
async function play(step: Step, interpreter: Interpreter, engine: EngineRun): Promise<void> {
  const running = interpreter.logs.filter(({ status }) => status === "processing");
  if (step.kind === "stop") {
    const log = choose(interpreter.logs.filter(isUnfinished), step.pick);
    interpreter.stop(log);
    await engine.stop(nameOf(log));
  } else if (step.kind === "travel" || running.length === 0) {
    interpreter.travel();
    await engine.travel();
  } else {
    const log = choose(running, step.pick);
    interpreter.report(log, step.outcome);
    await engine.report(nameOf(log), step.outcome);
  }
}

function choose(logs: readonly Log[], pick: number): Log {
  const log = logs[pick % logs.length];
  if (log === undefined) throw new Error("A running run has an unfinished log");
  return log;
}
