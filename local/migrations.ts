import { join } from "node:path";
import { z } from "zod";
import { packageFolder, platformName } from "./npm_package.ts";
import { withDatabase } from "./postgres/database.ts";
import { run } from "./process/run.ts";
import { ROOT } from "./settings.ts";

const MIGRATIONS = join(ROOT, "supabase", "migrations");
const SEEDS = join(ROOT, "supabase", "seeds");

const fingerprintsFile = z.record(z.string(), z.string());

/**
 * Applies the migrations with the real `supabase db push`, as a hosted project would get them.
 *
 * @throws {Error} When a migration changed after this database took it.
 */
export async function pushMigrations(databaseUrl: string, dir: string): Promise<void> {
  const files = await fingerprints(MIGRATIONS);
  const notes = join(dir, "migrations.json");
  const applied = fingerprintsFile.parse(
    JSON.parse(await Deno.readTextFile(notes).catch(() => "{}")),
  );
  for (const [name, print] of files) {
    if ((applied[name] ?? print) === print) continue;
    throw new Error(`The migration "${name}" changed after it was applied: type "npm run reset"`);
  }
  if (files.size === 0) return;
  const cli = join(packageFolder(`@supabase/cli-${platformName()}`), "bin", "supabase");
  await run(cli, ["db", "push", `--remote=${databaseUrl}?sslmode=disable`, "--yes"], {
    cwd: ROOT,
    env: { DO_NOT_TRACK: "1" },
  });
  await Deno.writeTextFile(notes, JSON.stringify(Object.fromEntries(files), null, 2) + "\n");
}

/** Runs `supabase/seeds/local_*.sql`: what only the local stack adds, such as its clock. */
export async function applyLocalSeeds(databaseUrl: string): Promise<void> {
  await withDatabase(databaseUrl, async (db) => {
    for (const name of await sqlFiles(SEEDS)) {
      if (name.startsWith("local_")) await db.file(join(SEEDS, name));
    }
  });
}

async function fingerprints(folder: string): Promise<Map<string, string>> {
  const prints = new Map<string, string>();
  for (const name of await sqlFiles(folder)) {
    const bytes = await Deno.readFile(join(folder, name));
    prints.set(name, new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex());
  }
  return prints;
}

async function sqlFiles(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  return entries.map(({ name }) => name).filter((name) => name.endsWith(".sql")).toSorted();
}
