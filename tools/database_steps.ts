import type { ServerKind } from "../local/settings.ts";
import { runCommand } from "./command.ts";
import { runDenoTests } from "./deno_tests.ts";
import { findDrift } from "./drift.ts";
import type { Step } from "./gate.ts";
import { failed, joinOutcomes, type Outcome, passed } from "./outcome.ts";
import { pgtapFiles, runPgtap } from "./pgtap.ts";
import { checkPlpgsql } from "./plpgsql_findings.ts";
import { filesBelow, repositoryRoot } from "./repository.ts";
import type { TestBench } from "./test_bench.ts";

/**
 * The checks of the engine in a database in which nothing else happens. Where psql is, pg_prove runs
 * the pgTAP tests, as `supabase test db` does, and elsewhere our own runner.
 */
export function databaseSteps(bench: TestBench, server: ServerKind): Step[] {
  return [
    { name: "drift", run: () => checkDrift(bench) },
    server === "debian"
      ? { name: "pgTAP by pg_prove", run: () => checkPgProve(bench) }
      : { name: "pgTAP", run: (say) => checkPgtap(bench, say) },
    { name: "graph", run: (say) => checkSuite(bench, "tests/graph/", say) },
    { name: "examples of the pages", run: (say) => checkSuite(bench, "tests/docs/", say) },
  ];
}

/** The checks that need plpgsql_check, which only Debian has. */
export function debianSteps(bench: TestBench): Step[] {
  return [
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

async function checkPgProve(bench: TestBench): Promise<Outcome> {
  const { url } = await bench.seeded();
  const tests = `${repositoryRoot}/supabase/tests`;
  const args = ["--dbname", url, "--ext", ".sql", "--recurse", tests];
  const { code, output } = await runCommand("pg_prove", args);
  const count = Number(output.match(/^Files=\d+, Tests=(\d+)/m)?.[1] ?? 0);
  return code === 0 && count > 0 ? passed(count) : failed("pg_prove", output);
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
