import { z } from "zod";
import { type Environment, list, readVariables, webAddress } from "../_shared/environment.ts";

const variables = z.object({
  SUPABASE_URL: z.url(),
  /** Verifies callback URLs; several, separated by spaces, while they are rotated. */
  WORKFLOW_SECRET: list(/\s+/),
  /** Where the outside reaches the project, if it does so elsewhere: the origin of links. */
  WORKFLOW_PUBLIC_URL: webAddress().optional(),
  /** The application's own page for approvals, which gets the token. */
  WORKFLOW_APPROVAL_URL: webAddress().optional(),
});

/** What the environment sets. */
export interface Settings {
  readonly supabaseUrl: string;
  readonly publicUrl: string;
  readonly secrets: readonly string[];
  readonly approvalUrl: string | undefined;
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
    secrets: read.WORKFLOW_SECRET,
    approvalUrl: read.WORKFLOW_APPROVAL_URL,
  };
}

/** Whether browsers get pages from there: on its own domain the platform turns them into text. */
export function canServePages(publicUrl: string): boolean {
  return !/\.supabase\.(co|in)$/.test(new URL(publicUrl).hostname);
}
