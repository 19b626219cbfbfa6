import type { Database } from "./postgres/database.ts";

/**
 * Moves the engine's clock for every connection, then lets the tick run, as it would have on the
 * way.
 *
 * @param db A connection of the role `postgres` to a local stack.
 * @param interval How far, as Postgres writes it: `"60 minutes"`.
 */
export async function travel(db: Database, interval: string): Promise<void> {
  await db`update workflow_engine.clock_offset set "offset" = "offset" + ${interval}::interval`;
  await db`select public.workflow_action_log_cron()`;
}
