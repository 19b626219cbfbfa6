import { createClient } from "@supabase/supabase-js";
import type { Environment } from "./environment.ts";
import { keySet } from "./secrets.ts";

/** The engine limits its calls to 5 s and the Data API to 8 s; what takes longer got lost. */
const TIMEOUT_MS = 10_000;

/** Calls one remote procedure; what supabase-js answers. */
export type Call = (name: string, parameters: Record<string, unknown>) => PromiseLike<{
  readonly data: unknown;
  readonly error: { readonly code?: string; readonly message: string } | null;
  readonly status: number;
}>;

/** Calls procedures through the Data API, as the service role. */
export function dataApi(url: string, key: string): Call {
  const client = createClient(url, key, {
    auth: { autoRefreshToken: false, detectSessionInUrl: false, persistSession: false },
  });
  return (name, parameters) =>
    client.rpc(name, parameters).abortSignal(AbortSignal.timeout(TIMEOUT_MS));
}

/**
 * The key of the service role: `default` of SUPABASE_SECRET_KEYS, else its first, else the legacy
 * SUPABASE_SERVICE_ROLE_KEY.
 *
 * @throws {Error} If there is none; the message never holds a key.
 */
export function readServiceKey(environment: Environment): string {
  const keys = keySet.safeParse(environment("SUPABASE_SECRET_KEYS") || "{}").data;
  if (keys === undefined) {
    throw new Error("Cannot read SUPABASE_SECRET_KEYS: it is not a JSON object of keys");
  }
  const key = keys["default"] ?? Object.values(keys)[0] ?? environment("SUPABASE_SERVICE_ROLE_KEY");
  if (!key) {
    throw new Error("Set SUPABASE_SECRET_KEYS or SUPABASE_SERVICE_ROLE_KEY: there is no key");
  }
  return key;
}
