import { z } from "zod";

/** Reads one variable of the environment. */
export type Environment = (name: string) => string | undefined;

/** A variable that holds items between separators; a missing one holds none. */
export const list = (separator: RegExp) =>
  z.string().default("").transform((text) => text.split(separator).filter((item) => item !== ""));

/** A variable that holds the address of something that browsers open. */
export const webAddress = () => z.url({ protocol: /^https?$/ });

/**
 * Reads the variables that a schema names; an empty one counts as none.
 *
 * @throws {Error} If a variable is missing or malformed; the message names each one.
 */
export function readVariables<Schema extends z.ZodObject>(
  environment: Environment,
  variables: Schema,
): z.output<Schema> {
  const names = Object.keys(variables.shape);
  const present = names.map((name) => [name, environment(name) || undefined]);
  const parsed = variables.safeParse(Object.fromEntries(present));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`Cannot read the environment: ${issues.join("; ")}`);
}
