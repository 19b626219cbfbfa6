import postgres from "postgres";

/** One connection, or a pool of them, of the npm driver `postgres`. */
export type Database = postgres.Sql;

/** Opens a connection when it is first used; notices go nowhere. */
export function openDatabase(
  url: string,
  options: postgres.Options<Record<string, never>> = {},
): Database {
  return postgres(url, { max: 1, onnotice: () => {}, ...options });
}

/** Opens a connection for as long as it is used. */
export async function withDatabase<Result>(
  url: string,
  use: (db: Database) => Promise<Result>,
): Promise<Result> {
  const db = openDatabase(url, { connect_timeout: 2 });
  try {
    return await use(db);
  } finally {
    await db.end();
  }
}
