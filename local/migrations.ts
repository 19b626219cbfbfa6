import { join } from "node:path";
import { z } from "zod";
import { packageFolder, platformName } from "./npm_package.ts";
import { withDatabase } from "./postgres/database.ts";
import { CommandError, run } from "./process/run.ts";
import { ROOT } from "./settings.ts";

const MIGRATIONS = join(ROOT, "supabase", "migrations");
const SEEDS = join(ROOT, "supabase", "seeds");

const fingerprintsFile = z.record(z.string(), z.string());

/**
 * Applies the migrations with the real `supabase db push`, as a hosted project would get them, and
 * then, once, what only the local stack adds, such as its clock: `supabase/seeds/local_*.sql`.
 *
 * @throws {Error} When one of these files changed after this database took it.
 */
export async function applySchema(databaseUrl: string, dir: string): Promise<void> {
  const notes = join(dir, "applied.json");
  const applied = fingerprintsFile.parse(
    JSON.parse(await Deno.readTextFile(notes).catch(() => "{}")),
  );
  const migrations = await fingerprints(MIGRATIONS, () => true);
  const seeds = await fingerprints(SEEDS, (name) => name.startsWith("local_"));
  for (const [name, print] of [...migrations, ...seeds]) {
    if ((applied[name] ?? print) === print) continue;
    throw new Error(`"${name}" changed after it was applied: type "npm run reset"`);
  }
  if (migrations.size > 0) await pushMigrations(databaseUrl);
  await withDatabase(databaseUrl, async (db) => {
    for (const name of seeds.keys()) {
      if (applied[name] === undefined) await db.file(join(SEEDS, name));
    }
  });
  const all = Object.fromEntries([...migrations, ...seeds]);
  await Deno.writeTextFile(notes, JSON.stringify(all, null, 2) + "\n");
}

async function pushMigrations(databaseUrl: string): Promise<void> {
  const cli = join(packageFolder(`@supabase/cli-${platformName()}`), "bin", "supabase");
  const args = ["db", "push", `--remote=${databaseUrl}?sslmode=disable`, "--yes"];
  try {
    await run(cli, args, { cwd: ROOT, env: { DO_NOT_TRACK: "1" } });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new Error(`Cannot apply the migrations: "supabase db push" says\n${error.output.trim()}`);
  }
}

async function fingerprints(
  folder: string,
  belongs: (name: string) => boolean,
): Promise<Map<string, string>> {
  const prints = new Map<string, string>();
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  const names = entries.map(({ name }) => name).filter((name) => name.endsWith(".sql"));
  for (const name of names.filter(belongs).toSorted()) {
    const bytes = await Deno.readFile(join(folder, name));
    prints.set(name, new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex());
  }
  return prints;
}
