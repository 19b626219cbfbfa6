import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Database } from "./database.ts";

const FOLDER = fileURLToPath(new URL("./platform/", import.meta.url));

/** The passwords of the roles that log in. */
export interface RolePasswords {
  readonly postgres: string;
  readonly data_api: string;
  readonly authenticator: string;
}

/**
 * Makes an empty database look like one of the platform, unless it does already.
 *
 * @param db A connection of the superuser to the database `postgres`.
 */
export async function applyPlatform(db: Database, passwords: RolePasswords): Promise<void> {
  await db.begin(async (transaction) => {
    const [state] = await transaction`
      select exists (select from pg_roles where rolname = 'data_api') as applied`;
    if (state?.applied === true) return;
    for (const file of ["10_roles.sql", "20_public.sql", "30_extensions.sql"]) {
      await transaction.file(join(FOLDER, file));
    }
    await createAuthSchema((sql) => transaction.unsafe(sql).simple());
    await transaction.file(join(FOLDER, "40_auth.sql"));
    for (const [role, password] of Object.entries(passwords)) {
      await transaction`select set_config('local.password', ${password}, true)`;
      await transaction.unsafe(setPassword(role)).simple();
    }
  });
}

/** The Auth server makes its own tables, as its own role. */
async function createAuthSchema(execute: (sql: string) => Promise<unknown>): Promise<void> {
  const { getAuthSchemaSql, SUPABASE_AUTH_HELPERS_SQL } = await import("@supabase/lite");
  await execute("set local role supabase_auth_admin");
  await execute(getAuthSchemaSql(true));
  await execute(SUPABASE_AUTH_HELPERS_SQL);
  await execute("reset role");
}

/** `alter role` takes no parameters, so the password comes from a setting of the transaction. */
function setPassword(role: string): string {
  return `do $$ begin
    execute format('alter role ${role} password %L', current_setting('local.password'));
  end $$`;
}
