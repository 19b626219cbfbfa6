import { z } from "zod";
import { type Environment, list, readVariables, webAddress } from "../_shared/environment.ts";

/** The most that one call to the engine may ask for. */
const LARGEST_BATCH = 5000;

const seconds = (standard: number) => z.coerce.number().positive().default(standard);

const whole = (least: number, standard: number) =>
  z.coerce.number().int().min(least).default(standard);

const variables = z.object({
  SUPABASE_URL: z.url(),
  /** Where the outside reaches the project, if it does so elsewhere: the origin of links. */
  WORKFLOW_PUBLIC_URL: webAddress().optional(),
  /** Verifies wake-ups; several, separated by spaces, while they are rotated. */
  WORKFLOW_SECRET: list(/\s+/),
  /** host or host:port that may be called although it is private or plain http. */
  WORKFLOW_ALLOWED_HOSTS: list(/[\s,]+/),
  /** Attempts that run at the same time. */
  WORKFLOW_CONCURRENCY: whole(1, 200),
  /** Claims, and results, that one call carries at most. */
  WORKFLOW_BATCH: whole(1, 200).pipe(z.number().max(LARGEST_BATCH)),
  /** Seconds that an isolate is sure of; claiming stops at 60 % of them. */
  WORKFLOW_WALL_SECONDS: seconds(75),
  /** Attempts after which claiming stops, because the CPU time spent cannot be read. */
  WORKFLOW_MAX_ACTIONS: whole(1, 1000),
  /** Milliseconds that a worker keeps looking after its last wake-up or work. */
  WORKFLOW_LINGER_MS: whole(0, 2000),
});

/** What the environment sets. */
export interface Settings {
  readonly supabaseUrl: string;
  readonly publicUrl: string;
  readonly wakeUpSecrets: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly concurrency: number;
  readonly batch: number;
  readonly wallMs: number;
  readonly maxActions: number;
  readonly lingerMs: number;
}

/**
 * Reads the settings.
 *
 * @throws {Error} If a variable is missing or malformed; the message names each one.
 */
export function readSettings(environment: Environment): Settings {
  const read = readVariables(environment, variables);
  return {
    supabaseUrl: read.SUPABASE_URL,
    publicUrl: read.WORKFLOW_PUBLIC_URL ?? read.SUPABASE_URL,
    wakeUpSecrets: read.WORKFLOW_SECRET,
    allowedHosts: read.WORKFLOW_ALLOWED_HOSTS,
    concurrency: read.WORKFLOW_CONCURRENCY,
    batch: read.WORKFLOW_BATCH,
    wallMs: read.WORKFLOW_WALL_SECONDS * 1000,
    maxActions: read.WORKFLOW_MAX_ACTIONS,
    lingerMs: read.WORKFLOW_LINGER_MS,
  };
}
