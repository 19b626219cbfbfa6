import { join } from "node:path";
import { freePort, type SpawnedService, spawnService } from "../service/spawned_service.ts";

const TESTDATA = join(import.meta.dirname ?? "", "testdata");

/** The secret that signs tokens in these tests. */
export const JWT_SECRET = "a-jwt-secret-of-these-tests-that-is-long-enough";

/** A function runner over the functions in `testdata`. */
export interface TestRunner extends SpawnedService {
  /** Calls a function. */
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Calls the admin API with POST and a JSON body. */
  admin(path: string, body?: unknown): Promise<Response>;
  /** What the admin API says about a function. */
  state(name: string): Promise<Record<string, unknown>>;
}

/** Starts the runner as a process of its own, with a folder of its own for its state. */
export async function spawnRunner(env: Record<string, string> = {}): Promise<TestRunner> {
  const stateDir = await Deno.makeTempDir();
  const secrets = join(stateDir, "secrets.env");
  await Deno.writeTextFile(secrets, 'RESEND_API_KEY="re_123"\nWORKFLOW_SECRET=whsec_a\n');
  const adminPort = freePort();
  const service = await spawnService(join(import.meta.dirname ?? "", "main.ts"), {
    LOCAL_ADMIN_PORT: String(adminPort),
    LOCAL_API_URL: "http://127.0.0.1:54321",
    LOCAL_DB_URL: "postgres://postgres@127.0.0.1:54322/postgres",
    LOCAL_JWT_SECRET: JWT_SECRET,
    LOCAL_PUBLISHABLE_KEY: "sb_publishable_test",
    LOCAL_SECRET_KEY: "sb_secret_test",
    LOCAL_FUNCTIONS_DIR: TESTDATA,
    LOCAL_CONFIG: join(TESTDATA, "config.toml"),
    LOCAL_SECRETS_FILE: secrets,
    ...env,
  });
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  return {
    ...service,
    call: (path, init) => fetch(`${service.url}/functions/v1/${path}`, init),
    admin: (path, body = {}) => post(`${adminUrl}${path}`, body),
    state: async (name) => {
      const all: Record<string, unknown>[] = await (await fetch(`${adminUrl}/functions`)).json();
      return all.find((each) => each["name"] === name) ?? {};
    },
    [Symbol.asyncDispose]: async () => {
      await service.stop();
      await Deno.remove(stateDir, { recursive: true });
    },
  };
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: "POST", body: JSON.stringify(body) });
}
