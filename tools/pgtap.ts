/**
 * `deno task pgtap [FILE…]` runs the pgTAP tests as the role `postgres` against the running local
 * stack, or against the database of `DATABASE_URL`. It does on any machine what `pg_prove`, and so
 * `supabase test db`, does where psql is.
 */
import postgres from "postgres";
import { readStackFile } from "../local/stack_file.ts";
import { lineOf } from "./build_database.ts";
import { failed, joinOutcomes, type Outcome, sentenceOf } from "./outcome.ts";
import { filesBelow, repositoryRoot } from "./repository.ts";
import { readTap } from "./tap.ts";

/** The pgTAP files of the repository, as paths from its root. */
export async function pgtapFiles(root: string): Promise<string[]> {
  const files = await filesBelow(`${root}/supabase/tests`);
  return files.filter((file) => file.endsWith(".test.sql")).map((file) => `supabase/tests/${file}`);
}

/** Runs each file on a connection of its own, one after the other. */
export async function runPgtap(
  databaseUrl: string,
  files: readonly string[],
  onFile: (file: string, outcome: Outcome) => void = () => {},
): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const file of files) {
    const outcome = await runFile(databaseUrl, file);
    onFile(file, outcome);
    outcomes.push(outcome);
  }
  return outcomes.length > 0 ? joinOutcomes(outcomes) : failed("pgTAP", "Found no test file");
}

async function runFile(databaseUrl: string, file: string): Promise<Outcome> {
  const text = await Deno.readTextFile(`${repositoryRoot}/${file}`);
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, prepare: false });
  try {
    const results: unknown = await sql.unsafe(text).simple();
    return readTap(file, firstColumns(results).join("\n"));
  } catch (error) {
    return failed(`${file}${lineOf(error, text)}`, sentenceOf(error));
  } finally {
    await sql.end();
  }
}

/** The first column of every row of every statement: where pgTAP writes its lines. */
function firstColumns(result: unknown): string[] {
  if (Array.isArray(result)) return result.flatMap(firstColumns);
  if (typeof result !== "object" || result === null) return [];
  const [first] = Object.values(result);
  return typeof first === "string" ? [first] : [];
}

async function main(args: readonly string[]): Promise<number> {
  const url = Deno.env.get("DATABASE_URL") ?? (await readStackFile()).db_url;
  const files = args.length > 0 ? args : await pgtapFiles(repositoryRoot);
  const outcome = await runPgtap(url, files, (file, { failures }) => {
    console.log(`${failures.length === 0 ? "ok    " : "FAILED"}  ${file}`);
  });
  for (const { name, detail } of outcome.failures) console.log(`\n${name}\n${detail}`);
  console.log(`${outcome.passed} passed, ${outcome.failures.length} failed`);
  return outcome.failures.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
