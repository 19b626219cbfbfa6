import { dirname, join } from "node:path";
import { z } from "zod";
import { readSettings, serverKind } from "./settings.ts";

/** What a running stack tells about itself, in `stack.json` of its state folder. */
export const stackFile = z.object({
  postgres: serverKind,
  api_url: z.url(),
  /** Where a function is called from outside: the API's URL and `/functions/v1`. */
  functions_url: z.url(),
  functions_admin_url: z.url(),
  inbox_url: z.url(),
  /** The role `postgres`, which is no superuser. */
  db_url: z.url(),
  /** The superuser: for the stack itself, and for tests that must look at everything. */
  admin_db_url: z.url(),
  publishable_key: z.string(),
  secret_key: z.string(),
  jwt_secret: z.string(),
  workflow_secret: z.string(),
  webhook_secret: z.string(),
  /** The supervisor. */
  pid: z.int(),
});

/** The contents of `stack.json`. */
export type StackFile = z.infer<typeof stackFile>;

/** The path of `stack.json` in a state folder. */
export function stackFilePath(dir: string): string {
  return join(dir, "stack.json");
}

/**
 * Reads what the running stack tells about itself. The file is there once the stack is ready.
 *
 * @param dir The state folder; by default that of the file named by `WORKFLOW_STACK`, else the
 *   environment's.
 * @throws {Error} When no stack runs there.
 */
export async function readStackFile(dir: string = defaultDir()): Promise<StackFile> {
  const file = await findStackFile(dir);
  if (file === null) throw new Error(`Cannot find a running stack in "${dir}": type "npm start"`);
  return file;
}

function defaultDir(): string {
  const path = Deno.env.get("WORKFLOW_STACK");
  return path === undefined ? readSettings().dir : dirname(path);
}

/** Reads `stack.json`; null when there is none, or none that can be read. */
export async function findStackFile(dir: string): Promise<StackFile | null> {
  const text = await Deno.readTextFile(stackFilePath(dir)).catch(() => "null");
  try {
    return stackFile.nullable().parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Writes `stack.json`, readable by its owner only. */
export async function writeStackFile(dir: string, file: StackFile): Promise<void> {
  await Deno.writeTextFile(stackFilePath(dir), JSON.stringify(file, null, 2) + "\n", {
    mode: 0o600,
  });
}
