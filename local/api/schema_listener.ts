import postgres from "postgres";
import type { Log } from "../service/log.ts";

/** A connection that waits for `notify pgrst`. */
export interface SchemaListener {
  close(): Promise<void>;
}

/** Calls `reload` at each `notify pgrst, 'reload schema'`, as PostgREST reloads its schema cache. */
export async function listenForSchema(
  url: string,
  reload: () => Promise<void>,
  log: Log,
): Promise<SchemaListener> {
  const sql = postgres(url, { max: 1, connection: { application_name: "local-api-listen" } });
  await sql.listen("pgrst", async (payload) => {
    if (payload !== "" && payload !== "reload schema") return;
    await reload();
    log("schema reloaded");
  }, () => void reload());
  return { close: () => sql.end({ timeout: 1 }) };
}
