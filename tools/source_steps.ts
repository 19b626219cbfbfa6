import { type CommandOptions, runCommand } from "./command.ts";
import { runDenoTests } from "./deno_tests.ts";
import type { Step } from "./gate.ts";
import { migrationProblem } from "./migration.ts";
import { failed, type Outcome, passed } from "./outcome.ts";
import { filesBelow, repositoryRoot } from "./repository.ts";

/** The checks that need nothing but the files. */
export function sourceSteps(): Step[] {
  return [
    { name: "format", run: () => deno("fmt", "--check") },
    { name: "lint", run: () => deno("lint") },
    { name: "types", run: () => deno("check", "--quiet") },
    { name: "migration", run: checkMigration },
    { name: "unit tests", run: async (say) => await runDenoTests(await unitTests(), {}, say) },
  ];
}

async function deno(...args: string[]): Promise<Outcome> {
  return await checkCommand(Deno.execPath(), args);
}

/** A program whose exit code is the check. */
async function checkCommand(
  program: string,
  args: readonly string[],
  options?: CommandOptions,
): Promise<Outcome> {
  const { code, output } = await runCommand(program, args, options);
  return code === 0 ? passed() : failed([program, ...args].join(" "), output);
}

async function checkMigration(): Promise<Outcome> {
  const problem = await migrationProblem(repositoryRoot);
  return problem === undefined ? passed() : failed("the initial migration", problem);
}

/** Every Deno test beside the code it tests, except those that need a running stack. */
async function unitTests(): Promise<string[]> {
  return (await filesBelow(repositoryRoot)).filter((path) =>
    path.endsWith("_test.ts") && !path.endsWith("_contract_test.ts") && !path.startsWith("tests/")
  );
}
