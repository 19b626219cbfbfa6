/**
 * `deno task migration` writes the initial migration from `supabase/schemas`; `--check` only says
 * whether it is up to date. Until the first release there is this one migration, regenerated.
 */
import { filesBelowIfAny, repositoryRoot } from "./repository.ts";
import { readSchemaFiles, type SchemaFile } from "./schema_files.ts";
import { sentenceOf } from "./outcome.ts";

export const initialMigration = "20261123000000_workflow_engine.sql";

/** The text of the initial migration. */
export function composeMigration(files: readonly SchemaFile[]): string {
  const head = "-- The workflow engine.\n" +
    "-- Written by `deno task migration` from supabase/schemas: edit there, then run it again.\n";
  return [head, ...files.map(({ path, text }) => `-- ${path}\n\n${text.trim()}\n`)].join("\n\n");
}

/** Why the migrations do not say what the schemas say; undefined when they do. */
export async function migrationProblem(root: string): Promise<string | undefined> {
  const folder = `${root}/supabase/migrations`;
  const present = await filesBelowIfAny(folder);
  const foreign = present.find((name) => name !== initialMigration);
  if (foreign !== undefined) {
    return `Cannot accept "${foreign}": until the first release there is one migration`;
  }
  const expected = composeMigration(await readSchemaFiles(root));
  if (!present.includes(initialMigration)) {
    return `Cannot find "${initialMigration}": run deno task migration`;
  }
  if (await Deno.readTextFile(`${folder}/${initialMigration}`) === expected) return undefined;
  return `The migration "${initialMigration}" is older than supabase/schemas: ` +
    "run deno task migration";
}

async function writeMigration(root: string): Promise<void> {
  const files = await readSchemaFiles(root);
  await Deno.mkdir(`${root}/supabase/migrations`, { recursive: true });
  const path = `supabase/migrations/${initialMigration}`;
  await Deno.writeTextFile(`${root}/${path}`, composeMigration(files));
  console.log(`Wrote ${path} from ${files.length} files`);
}

async function main(argument: string | undefined): Promise<void> {
  if (argument === undefined) return await writeMigration(repositoryRoot);
  if (argument !== "--check") {
    throw new Error(
      `Cannot add the migration "${argument}": until the first release there is one, ` +
        "written by deno task migration without a name",
    );
  }
  const problem = await migrationProblem(repositoryRoot);
  if (problem !== undefined) throw new Error(problem);
}

if (import.meta.main) {
  try {
    await main(Deno.args[0]);
  } catch (error) {
    console.error(sentenceOf(error));
    Deno.exit(1);
  }
}
