import { filesBelow } from "./repository.ts";

/** One file of `supabase/schemas`, by its path relative to that folder. */
export interface SchemaFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The engine's SQL files in the order of `supabase/schemas/order.txt`: a path a line, chapters
 * rising; empty lines and lines that begin with `#` are for the reader.
 *
 * @throws {Error} When the list and the folder disagree.
 */
export async function readSchemaFiles(root: string): Promise<SchemaFile[]> {
  const folder = `${root}/supabase/schemas`;
  const listed = parseOrder(await Deno.readTextFile(`${folder}/order.txt`));
  const present = (await filesBelow(folder)).filter((path) => path.endsWith(".sql"));
  const problem = orderProblem(listed, present);
  if (problem !== undefined) throw new Error(`Cannot order the schema files: ${problem}`);
  return await Promise.all(
    listed.map(async (path) => ({ path, text: await Deno.readTextFile(`${folder}/${path}`) })),
  );
}

export function parseOrder(text: string): string[] {
  return text.split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** What is wrong with the list, in words; undefined when nothing is. */
export function orderProblem(
  listed: readonly string[],
  present: readonly string[],
): string | undefined {
  const list = "supabase/schemas/order.txt";
  const unlisted = present.find((path) => !listed.includes(path));
  if (unlisted !== undefined) return `"${unlisted}" is missing from ${list}`;
  const absent = listed.find((path) => !present.includes(path));
  if (absent !== undefined) return `${list} names "${absent}", which does not exist`;
  const twice = listed.find((path, index) => listed.indexOf(path) !== index);
  if (twice !== undefined) return `${list} names "${twice}" twice`;
  const late = listed.find((path, index) =>
    index > 0 && chapter(path) < chapter(listed[index - 1])
  );
  if (late !== undefined) return `${list} names "${late}" after a file of a later chapter`;
  return undefined;
}

function chapter(path = ""): string {
  return path.split("/")[0] ?? "";
}
