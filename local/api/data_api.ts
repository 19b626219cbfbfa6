import { App } from "@supabase/lite";
import type { PostgresConnection } from "@supabase/lite/postgres";
import { nameTimeout } from "./platform_errors.ts";
import { type ProjectKeys, resolveApiKey } from "./api_key.ts";

/** The hosted default: no answer of the Data API has more rows. */
const MAX_ROWS = 1000;

/** Answers `/rest/v1` and `/auth/v1` as the platform's Data API and Auth do. */
export function createDataApi(
  connection: PostgresConnection,
  keys: ProjectKeys,
): (request: Request) => Promise<Response> {
  const app = new App({
    connection,
    api: { schemas: ["public"], max_rows: MAX_ROWS },
    auth: {
      enabled: true,
      jwt_secret: keys.jwtSecret,
      publishable_key: keys.publishableKey,
      secret_key: keys.secretKey,
    },
    options: {
      server: {
        disableStudio: true,
        disableFallback: true,
        apiKeys: { resolver: (key) => resolveApiKey(key, keys) },
      },
    },
  });
  return async (request) => await nameTimeout(await app.fetch(request, { peerAddress: null }));
}
