import { z } from "zod";

/** A TCP port, given as text. */
export const port = z.coerce.number().int().min(1).max(65535);

/**
 * Reads the settings of a process from its environment.
 *
 * Ends the process with status 2 and one sentence a variable when one is missing or malformed.
 */
export function readEnvironment<Schema extends z.ZodType>(schema: Schema): z.infer<Schema> {
  const result = schema.safeParse(Deno.env.toObject());
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    console.error(`Cannot read environment variable "${issue.path.join(".")}": ${issue.message}`);
  }
  Deno.exit(2);
}
