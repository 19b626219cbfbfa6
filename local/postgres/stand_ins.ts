import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCES = fileURLToPath(new URL("../extensions/", import.meta.url));
const KEY_FILE_MARK = "@VAULT_KEY_FILE@";

/** The text of every file of the stand-ins, in a stable order. */
export async function standInSources(): Promise<string[]> {
  const paths = [...Deno.readDirSync(SOURCES)]
    .filter((entry) => entry.isDirectory)
    .flatMap(({ name }) => filesOf(join(SOURCES, name)))
    .toSorted();
  return await Promise.all(paths.map((path) => Deno.readTextFile(path)));
}

/**
 * Puts the stand-ins for pg_net, Vault and pg_cron beside the server's own extensions.
 *
 * A stand-in steps aside where the server brings the real extension of that name.
 */
export async function installStandIns(extensionDir: string, keyFile: string): Promise<void> {
  const brought = new Set([...Deno.readDirSync(extensionDir)].map(({ name }) => name));
  for (const { name, isDirectory } of Deno.readDirSync(SOURCES)) {
    if (!isDirectory || brought.has(`${name}.control`)) continue;
    for (const path of filesOf(join(SOURCES, name))) {
      const text = await Deno.readTextFile(path);
      const target = join(extensionDir, path.slice(join(SOURCES, name).length + 1));
      await Deno.writeTextFile(target, text.replaceAll(KEY_FILE_MARK, quoteInside(keyFile)));
    }
  }
}

/**
 * Lets the role `postgres`, which is no superuser, create these extensions.
 *
 * The hosted platform does so for its list of privileged extensions.
 */
export async function trustExtensions(extensionDir: string, names: string[]): Promise<void> {
  for (const name of names) {
    const path = join(extensionDir, `${name}.control`);
    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n")
      .filter((line) => !/^\s*(superuser|trusted)\s*=/.test(line));
    await Deno.writeTextFile(path, [...lines, "superuser = true", "trusted = true", ""].join("\n"));
  }
}

function filesOf(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => join(folder, name));
}

/** Makes a path fit between the single quotes of an SQL literal. */
function quoteInside(path: string): string {
  return path.replaceAll("'", "''");
}
