import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** The folder of the checkout. */
export const ROOT: string = fileURLToPath(new URL("../", import.meta.url));

/** Which Postgres the stack runs: 17 from npm, or Debian's 15 with its real pg_cron. */
export const serverKind = z.enum(["embedded", "debian"]);
export type ServerKind = z.infer<typeof serverKind>;

/** Where a stack keeps its state, where it listens, and on which Postgres it runs. */
export const settings = z.object({
  /** Absolute path of the state folder. */
  dir: z.string().transform((path) => resolve(ROOT, path)),
  /** The API's port; the other ports follow from it. */
  port: z.coerce.number().int().min(1024).max(65500),
  postgres: serverKind,
});
export type Settings = z.infer<typeof settings>;

const DEFAULTS = { dir: join(ROOT, ".local"), port: 54321, postgres: "embedded" };

/**
 * Reads `WORKFLOW_LOCAL_DIR`, `WORKFLOW_LOCAL_PORT` and `WORKFLOW_POSTGRES`.
 *
 * @param overrides What the caller wants in place of the environment.
 * @throws {Error} With one sentence when a setting is malformed.
 */
export function readSettings(overrides: Partial<Settings> = {}): Settings {
  const result = settings.safeParse({
    dir: overrides.dir ?? readVariable("WORKFLOW_LOCAL_DIR") ?? DEFAULTS.dir,
    port: overrides.port ?? readVariable("WORKFLOW_LOCAL_PORT") ?? DEFAULTS.port,
    postgres: overrides.postgres ?? readVariable("WORKFLOW_POSTGRES") ?? DEFAULTS.postgres,
  });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`Cannot read the setting "${issue?.path.join(".")}": ${issue?.message}`);
}

/** A variable of the environment; an empty one counts as none. */
function readVariable(name: string): string | undefined {
  return Deno.env.get(name) || undefined;
}

/** The ports of a stack, each derived from the API's. */
export interface Ports {
  readonly api: number;
  readonly postgres: number;
  readonly inbox: number;
  readonly functions: number;
  readonly functionsAdmin: number;
}

/** Derives the ports of a stack from its API port. */
export function derivePorts(api: number): Ports {
  return {
    api,
    postgres: api + 1,
    inbox: api + 3,
    functions: api + 4,
    functionsAdmin: api + 5,
  };
}
