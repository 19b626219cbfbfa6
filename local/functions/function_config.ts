import { parse } from "@std/toml/parse.js";
import { z } from "zod";

const functionConfig = z.object({
  enabled: z.boolean().default(true),
  verify_jwt: z.boolean().default(true),
});

const projectConfig = z.object({
  functions: z.record(z.string(), functionConfig).default({}),
});

/** What `supabase/config.toml` says about one function. */
export type FunctionConfig = z.infer<typeof functionConfig>;

/**
 * Reads the sections `[functions.<name>]` of `supabase/config.toml`.
 *
 * A function without a section, or a project without the file, has the platform's defaults: it is
 * enabled and its gateway verifies the caller's token.
 */
export async function readFunctionConfigs(
  path: string,
): Promise<(name: string) => FunctionConfig> {
  const { functions } = projectConfig.parse(parse(await readOptional(path)));
  const configs = new Map(Object.entries(functions));
  return (name) => configs.get(name) ?? functionConfig.parse({});
}

async function readOptional(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
