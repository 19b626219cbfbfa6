import type { Database } from "../local/postgres/database.ts";

/** Runs statements; gives the one value of the last one's one row. */
export async function sqlValue(sql: Database, code: string): Promise<unknown> {
  return lastValue(await sql.unsafe(code).simple());
}

function lastValue(results: unknown): unknown {
  if (!Array.isArray(results)) return undefined;
  const last: unknown = results.at(-1);
  if (Array.isArray(last)) return lastValue(last);
  return typeof last === "object" && last !== null ? Object.values(last)[0] : undefined;
}
