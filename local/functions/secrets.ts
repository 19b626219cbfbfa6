import { parseEnv } from "node:util";
import { z } from "zod";

const RESERVED_PREFIX = "SUPABASE_";

/** A change of secrets: a value sets, null removes. */
export const secretChanges = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/).refine(
    (name) => !name.startsWith(RESERVED_PREFIX),
    `Secret names must not start with "${RESERVED_PREFIX}"`,
  ),
  z.string().nullable(),
);

/** The project's secrets, as `supabase secrets set` keeps them. */
export class Secrets {
  #values: Map<string, string>;

  constructor(values: Iterable<[string, string]>) {
    this.#values = new Map(values);
  }

  /** Reads secrets from a file in `.env` form; a file that does not exist has none. */
  static async read(path: string): Promise<Secrets> {
    try {
      const values = z.record(z.string(), z.string()).parse(
        parseEnv(await Deno.readTextFile(path)),
      );
      return new Secrets(Object.entries(values));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return new Secrets([]);
      throw error;
    }
  }

  /** Applies a change; processes that run already keep what they were given. */
  apply(changes: z.infer<typeof secretChanges>): void {
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) this.#values.delete(name);
      else this.#values.set(name, value);
    }
  }

  toObject(): Record<string, string> {
    return Object.fromEntries(this.#values);
  }
}
