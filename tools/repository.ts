/** The checkout's own folder, without a slash at its end. */
export const repositoryRoot = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

const notOurs = new Set(["node_modules", "package-lock.json"]);

/**
 * Every file of ours below a folder, as sorted paths relative to it. Hidden names (except `.ci`)
 * and installed packages are left out.
 */
export async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (prefix: string) => {
    for await (const entry of Deno.readDir(`${folder}/${prefix}`)) {
      if (notOurs.has(entry.name) || (entry.name.startsWith(".") && entry.name !== ".ci")) continue;
      if (entry.isDirectory) await visit(`${prefix}${entry.name}/`);
      else found.push(`${prefix}${entry.name}`);
    }
  };
  await visit("");
  return found.sort();
}

/** Like `filesBelow`, and empty where there is no such folder. */
export async function filesBelowIfAny(folder: string): Promise<string[]> {
  try {
    return await filesBelow(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
