import { join } from "node:path";
import { type Database, openDatabase } from "../local/postgres/database.ts";
import { readSettings, ROOT } from "../local/settings.ts";
import { startStack } from "../local/stack.ts";
import type { StackFile } from "../local/stack_file.ts";
import { emptyStateFolder } from "../local/state_folder.ts";
import { freeStackPort } from "../tools/free_port.ts";

/** What every section of the bench works with. */
export interface Bench extends AsyncDisposable {
  readonly info: StackFile;
  /** The folder of the stack's state. */
  readonly dir: string;
  /** Connections of the role `postgres`, which owns the engine. */
  readonly db: Database;
  /** Connections of the superuser, for what only it may look at. */
  readonly admin: Database;
  /** Says what is being done. */
  say(line: string): void;
}

/**
 * Starts a stack of the bench's own, with an empty database, beside any other. Its clock is the one
 * that ships: the travelling one of the local stack reads a table in each call.
 */
export async function startBench(say: (line: string) => void): Promise<Bench> {
  const dir = join(readSettings().dir, "bench");
  await emptyStateFolder(dir);
  const stack = await startStack({ dir, port: freeStackPort(), onProgress: say });
  const db = openDatabase(stack.info.db_url, { max: 4 });
  const admin = openDatabase(stack.info.admin_db_url);
  await db.file(join(ROOT, "supabase", "schemas", "00_foundation", "clock.sql"));
  return {
    info: stack.info,
    dir,
    db,
    admin,
    say,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([db.end({ timeout: 1 }), admin.end({ timeout: 1 })]);
      await stack.stop();
    },
  };
}

/** What an operator may do to the function from outside. */
export async function commandFunction(bench: Bench, command: "start" | "stop"): Promise<void> {
  const url = `${bench.info.functions_admin_url}/functions/workflow-cron/${command}`;
  const response = await fetch(url, { method: "POST" });
  if (!response.ok) throw new Error(`Cannot ${command} the function: ${await response.text()}`);
  await response.body?.cancel();
}

/** Waits until a check succeeds, looking every few milliseconds. */
export async function waitFor(check: () => Promise<boolean>, everyMs = 20): Promise<void> {
  while (!await check()) await new Promise((resolve) => setTimeout(resolve, everyMs));
}
