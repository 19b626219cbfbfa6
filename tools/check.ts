/**
 * The gate: every check of the repository, on a local stack of its own in `.local/test`.
 *
 * `npm test` runs it on Postgres 17 from npm, `npm run test:debian` on Debian's Postgres 15 with
 * the checks that exist only there. Words after the command choose the steps whose name has one.
 */
import { readSettings } from "../local/settings.ts";
import { databaseSteps, debianSteps } from "./database_steps.ts";
import { runGate, type Step } from "./gate.ts";
import { sourceSteps } from "./source_steps.ts";
import { stackSteps } from "./stack_steps.ts";
import { TestBench } from "./test_bench.ts";

async function main(words: readonly string[]): Promise<number> {
  const bench = new TestBench();
  const stop = () => void bench.stop().finally(() => Deno.exit(130));
  Deno.addSignalListener("SIGINT", stop);
  Deno.addSignalListener("SIGTERM", stop);
  const { postgres } = readSettings();
  const steps = [
    ...sourceSteps(),
    ...databaseSteps(bench, postgres),
    ...(postgres === "debian" ? debianSteps(bench) : []),
    ...stackSteps(bench),
  ].filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  const finish: Step = { name: "stop of everything", run: () => bench.stop() };
  const { failed } = await runGate([...steps, finish], (line) => console.log(line));
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
