import { type Database, openDatabase } from "../postgres/database.ts";
import { readStackFile } from "../stack_file.ts";

/**
 * The database whose extensions are held to their contract: that of `CONTRACT_DB_URL`, as the role
 * `postgres` of a hosted project or of `supabase start`, else the running local stack's.
 */
export async function openContractDatabase(): Promise<Database & AsyncDisposable> {
  const url = Deno.env.get("CONTRACT_DB_URL") ?? (await readStackFile()).db_url;
  const db = openDatabase(url, { max: 3 });
  return Object.assign(db, { [Symbol.asyncDispose]: () => db.end({ timeout: 1 }) });
}

/** The signature of a function as the catalog prints it: its arguments, with their defaults. */
export async function readArguments(db: Database, procedure: string): Promise<string> {
  const [row] = await db`
    select pg_get_function_arguments(${procedure}::regprocedure) as arguments`;
  return String(row?.arguments);
}

/** The SQLSTATE with which a statement fails; "none" when it does not fail. */
export async function sqlState(statement: Promise<unknown>): Promise<string> {
  try {
    await statement;
    return "none";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

/** Waits until a query gives a row, at most for the given seconds. */
export async function untilRow<Row>(
  query: () => PromiseLike<readonly Row[]>,
  seconds: number,
): Promise<Row> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const [row] = await query();
    if (row !== undefined) return row;
    if (Date.now() > deadline) throw new Error(`Found no row within ${seconds} seconds`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
