import postgres from "postgres";
import { sentenceOf } from "./outcome.ts";
import { filesBelow } from "./repository.ts";
import { readSchemaFiles, type SchemaFile } from "./schema_files.ts";

/** Creates the engine from `supabase/schemas`, file by file, as the role of the URL. */
export async function buildFromSchemas(databaseUrl: string, root: string): Promise<void> {
  await executeFiles(databaseUrl, await readSchemaFiles(root));
}

/** Creates the engine from `supabase/migrations`, as the role of the URL. */
export async function buildFromMigrations(databaseUrl: string, root: string): Promise<void> {
  const folder = `${root}/supabase/migrations`;
  const names = (await filesBelow(folder)).filter((name) => name.endsWith(".sql"));
  await executeFiles(databaseUrl, await readAll(folder, names));
}

/** Loads what tests need beside the engine: the clock that travels, and the helpers. */
export async function loadTestSeeds(databaseUrl: string, root: string): Promise<void> {
  const folder = `${root}/supabase/seeds`;
  await executeFiles(databaseUrl, await readAll(folder, ["local_clock.sql", "test_helpers.sql"]));
}

async function readAll(folder: string, paths: readonly string[]): Promise<SchemaFile[]> {
  return await Promise.all(
    paths.map(async (path) => ({ path, text: await Deno.readTextFile(`${folder}/${path}`) })),
  );
}

async function executeFiles(databaseUrl: string, files: readonly SchemaFile[]): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    for (const file of files) await execute(sql, file);
  } finally {
    await sql.end();
  }
}

async function execute(sql: postgres.Sql, { path, text }: SchemaFile): Promise<void> {
  try {
    await sql.unsafe(text).simple();
  } catch (error) {
    const place = `${path}${lineOf(error, text)}`;
    throw new Error(`Cannot execute "${place}": ${sentenceOf(error)}`, { cause: error });
  }
}

/** Where in a text Postgres stopped, as ":12"; empty where it does not say. */
export function lineOf(error: unknown, text: string): string {
  const position = error instanceof postgres.PostgresError ? Number(error.position) : NaN;
  return Number.isNaN(position) ? "" : `:${text.slice(0, position - 1).split("\n").length}`;
}
