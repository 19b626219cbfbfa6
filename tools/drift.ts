/**
 * `deno task drift` builds one database from `supabase/schemas` and one from
 * `supabase/migrations`, each on a Postgres of its own, and prints every difference between their
 * catalogs.
 */
import { buildFromMigrations, buildFromSchemas } from "./build_database.ts";
import { compareCatalogs, readCatalog } from "./catalog.ts";
import { startScratchDatabase } from "./scratch_database.ts";

/** Every difference between what two databases define. */
export async function findDrift(schemasUrl: string, migrationsUrl: string): Promise<string[]> {
  const [schemas, migrations] = await Promise.all([
    readCatalog(schemasUrl),
    readCatalog(migrationsUrl),
  ]);
  return compareCatalogs(schemas, migrations, { left: "the schemas", right: "the migrations" });
}

async function main(): Promise<number> {
  await using schemas = await startScratchDatabase("schemas", buildFromSchemas);
  await using migrations = await startScratchDatabase("migrations", buildFromMigrations);
  const differences = await findDrift(schemas.superuserUrl, migrations.superuserUrl);
  for (const difference of differences) console.log(difference);
  console.log(`${differences.length} differences between the schemas and the migrations`);
  return differences.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
