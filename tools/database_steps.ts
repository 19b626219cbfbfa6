import { runCommand } from "./command.ts";
import { runDenoTests } from "./deno_tests.ts";
import { findDrift } from "./drift.ts";
import type { Step } from "./gate.ts";
import { failed, joinOutcomes, type Outcome, passed } from "./outcome.ts";
import { pgtapFiles, runPgtap } from "./pgtap.ts";
import { checkPlpgsql } from "./plpgsql_findings.ts";
import { filesBelow, repositoryRoot } from "./repository.ts";
import { checkCommand } from "./source_steps.ts";
import type { TestBench } from "./test_bench.ts";

/** The checks of the engine in a database in which nothing else happens. */
export function databaseSteps(bench: TestBench): Step[] {
  return [
    { name: "drift", run: () => checkDrift(bench) },
    { name: "pgTAP", run: (say) => checkPgtap(bench, say) },
    { name: "graph", run: (say) => checkSuite(bench, "tests/graph/", say) },
    { name: "examples of the pages", run: (say) => checkSuite(bench, "tests/docs/", say) },
  ];
}

/** The checks that need what only Debian has: psql and plpgsql_check. */
export function debianSteps(bench: TestBench): Step[] {
  return [
    { name: "pg_prove", run: () => checkPgProve(bench) },
    {
      name: "plpgsql_check",
      run: async () => checkPlpgsql((await bench.fromSchemas()).superuserUrl),
    },
    { name: "supabase db lint", run: () => checkDatabaseLint(bench) },
  ];
}

async function checkDrift(bench: TestBench): Promise<Outcome> {
  const [schemas, migrated] = [await bench.fromSchemas(), await bench.migrated()];
  const differences = await findDrift(schemas.superuserUrl, migrated.superuserUrl);
  if (differences.length === 0) return passed();
  return joinOutcomes(differences.map((difference) => failed(difference, "")));
}

async function checkPgtap(bench: TestBench, say: (line: string) => void): Promise<Outcome> {
  const { url } = await bench.seeded();
  return await runPgtap(url, await pgtapFiles(repositoryRoot), (file, { failures }) => {
    say(`${file} ... ${failures.length === 0 ? "ok" : "FAILED"}`);
  });
}

/** The tests that need the engine's database and nothing else; what they do there is rolled back. */
async function checkSuite(
  bench: TestBench,
  folder: string,
  say: (line: string) => void,
): Promise<Outcome> {
  const { url } = await bench.seeded();
  const files = (await filesBelow(repositoryRoot))
    .filter((path) => path.startsWith(folder) && path.endsWith("_test.ts"));
  if (files.length === 0) return failed("the suite", "Found no test file");
  return await runDenoTests(files, { DATABASE_URL: url }, say);
}

/** pg_prove, which `supabase test db` runs, must find what our own runner finds. */
async function checkPgProve(bench: TestBench): Promise<Outcome> {
  const { url } = await bench.seeded();
  const tests = `${repositoryRoot}/supabase/tests`;
  return await checkCommand("pg_prove", ["--dbname", url, "--ext", ".sql", "--recurse", tests]);
}

/** `supabase db lint` must find nothing, warnings included. */
async function checkDatabaseLint(bench: TestBench): Promise<Outcome> {
  const { url } = await bench.fromSchemas();
  const program = `${repositoryRoot}/node_modules/.bin/supabase`;
  const args = ["db", "lint", `--remote=${url}?sslmode=disable`, "--level", "warning"];
  const { code, output } = await runCommand(program, args);
  const clean = code === 0 && output.includes("No schema errors found");
  return clean ? passed() : failed("supabase db lint", output);
}
