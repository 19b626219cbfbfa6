import { createClient } from "@supabase/supabase-js";
import { type Database, openDatabase } from "./postgres/database.ts";
import { readStackFile, type StackFile } from "./stack_file.ts";

/** Connections to a running stack, for tests, the demo and the bench. */
export interface StackClient extends AsyncDisposable {
  readonly info: StackFile;
  /** Connections of the role `postgres`, which owns the engine and is no superuser. */
  readonly db: Database;
  /** Connections of the superuser. */
  readonly admin: Database;
}

/**
 * Connects to a running stack.
 *
 * @param dir The state folder; by default that of the environment.
 * @throws {Error} When no stack runs there.
 */
export async function connectStack(dir?: string): Promise<StackClient> {
  const info = await readStackFile(dir);
  const db = openDatabase(info.db_url, { max: 10 });
  const admin = openDatabase(info.admin_db_url, { max: 10 });
  return {
    info,
    db,
    admin,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([db.end({ timeout: 1 }), admin.end({ timeout: 1 })]);
    },
  };
}

/** A supabase-js client that keeps no session, with the publishable or the secret key. */
export function createStackClient(info: StackFile, key: "publishable" | "secret") {
  return createClient(info.api_url, key === "secret" ? info.secret_key : info.publishable_key, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
}
