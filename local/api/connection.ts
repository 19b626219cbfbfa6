import { createPostgresConnection, type PostgresConnection } from "@supabase/lite/postgres";
import { forgetOutdatedSchema } from "./schema_cache.ts";

/** How long one statement of the Data API may take; the hosted login role has the same. */
const STATEMENT_TIMEOUT_MS = 8000;

/**
 * Opens the Data API's connection, tamed where `@supabase/lite` differs from the platform.
 *
 * - Once a table has row-level security, lite grants everything on its schema to the API roles; a
 *   connection that believes this has happened grants nothing.
 * - It encodes a `jsonb` argument twice; text that already is JSON is passed on as it is.
 * - It sets no statement timeout.
 * - It keeps a schema that it was reading while it was told to forget it.
 */
export function openDataConnection(url: string): PostgresConnection {
  const connection = createPostgresConnection({
    url,
    postgresOptions: {
      connection: { statement_timeout: STATEMENT_TIMEOUT_MS, application_name: "local-api" },
      types: { json: passJson(114), jsonb: passJson(3802) },
      onnotice: () => {},
    },
  });
  forgetOutdatedSchema(connection);
  return Object.assign(connection, { rlsState: "active" });
}

function passJson(oid: number) {
  return { to: oid, from: [oid], serialize: toJson, parse: JSON.parse };
}

function toJson(value: unknown): string {
  return typeof value === "string" && isJson(value) ? value : JSON.stringify(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
