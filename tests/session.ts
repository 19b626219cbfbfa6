import { type Database, openDatabase } from "../local/postgres/database.ts";
import type { TestStack } from "./stack.ts";
import { until } from "./until.ts";

/** One connection of its own, in which a transaction can stay open. */
export interface Session extends AsyncDisposable {
  readonly sql: Database;
  /** Waits until the session waits for a lock of another one. */
  untilBlocked(): Promise<void>;
}

/**
 * Opens a session. What it does ends after ten seconds, so that a lock that nobody gives up fails
 * the test.
 *
 * @param role The role to act as; without one the owner of the engine.
 */
export async function openSession(stack: TestStack, role?: "service_role"): Promise<Session> {
  const sql = openDatabase(stack.info.db_url, {
    connection: { application_name: "test session", statement_timeout: 10_000 },
  });
  const [row] = await sql`select pg_backend_pid() as pid`;
  if (role !== undefined) await sql.unsafe(`set role ${role}`);
  return {
    sql,
    untilBlocked: async () => {
      await until("the session to wait for a lock", async () => {
        const [found] = await stack.db`
          select from pg_stat_activity a where a.pid = ${row?.pid} and a.wait_event_type = 'Lock'`;
        return found !== undefined;
      });
    },
    [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }),
  };
}
