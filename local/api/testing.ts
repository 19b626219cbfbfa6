import { join } from "node:path";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { type Database, openDatabase } from "../postgres/database.ts";
import { startPostgres } from "../postgres/start.ts";
import { keepSecrets, type Secrets } from "../secrets.ts";
import { freePort, type SpawnedService, spawnService } from "../service/spawned_service.ts";

/** An API gateway over a database of its own. */
export interface TestApi extends SpawnedService {
  readonly secrets: Secrets;
  /** A connection of the role that runs migrations. */
  readonly migrations: Database;
  /** A client as an application has it, by default with the publishable key. */
  client(key?: string): SupabaseClient;
}

/** Starts Postgres and the gateway, each as its own process, in a folder of their own. */
export async function spawnApi(functionsUrl: string): Promise<TestApi> {
  const dir = await Deno.makeTempDir();
  const secrets = await keepSecrets(dir);
  const server = await startPostgres({
    dir,
    port: freePort(),
    kind: "embedded",
    secrets,
    logFile: join(dir, "postgres.log"),
  });
  const migrations = openDatabase(server.url);
  const service = await spawnService(join(import.meta.dirname ?? "", "main.ts"), {
    LOCAL_DB_URL: server.dataApiUrl,
    LOCAL_JWT_SECRET: secrets.jwt_secret,
    LOCAL_PUBLISHABLE_KEY: secrets.publishable_key,
    LOCAL_SECRET_KEY: secrets.secret_key,
    LOCAL_FUNCTIONS_URL: functionsUrl,
  });
  return {
    ...service,
    secrets,
    migrations,
    client: (key = secrets.publishable_key) =>
      createClient(service.url, key, {
        auth: { autoRefreshToken: false, persistSession: false },
      }),
    [Symbol.asyncDispose]: async () => {
      await service.stop();
      await migrations.end();
      await server.child.stop();
      await Deno.remove(dir, { recursive: true });
    },
  };
}
