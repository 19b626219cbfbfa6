import { join } from "node:path";

/** Lists the functions of a folder: each subfolder with an `index.ts`, shared ones (`_…`) aside. */
export async function listFunctions(directory: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readFolder(directory)) {
    if (entry.isDirectory && await isFunction(directory, entry.name)) names.push(entry.name);
  }
  return names.sort();
}

/** Tells whether a name is a function of this folder. */
export async function isFunction(directory: string, name: string): Promise<boolean> {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(name) && await isFile(join(directory, name, "index.ts"));
}

/** The function's own `deno.json`, if it has one. */
export async function findDenoConfig(directory: string, name: string): Promise<string | null> {
  for (const file of ["deno.json", "deno.jsonc"]) {
    const path = join(directory, name, file);
    if (await isFile(path)) return path;
  }
  return null;
}

async function readFolder(directory: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(directory));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
