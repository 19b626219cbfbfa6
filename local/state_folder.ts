import { join } from "node:path";
import { endLeftovers } from "./process/leftovers.ts";
import { findStackFile } from "./stack_file.ts";

/**
 * Takes hold of a state folder. The system gives it free when this process ends, however it ends.
 *
 * @throws {Error} When a stack that is alive holds it.
 */
export async function lockStateFolder(dir: string): Promise<Deno.FsFile> {
  await Deno.mkdir(dir, { recursive: true });
  const file = await Deno.open(join(dir, "lock"), { create: true, write: true });
  if (await file.tryLock(true)) return file;
  file.close();
  const running = await findStackFile(dir);
  throw new Error(
    `A stack runs in "${dir}" already: press Ctrl-C where it was started` +
      (running === null ? "" : `, or type "kill ${running.pid}"`),
  );
}

/**
 * Ends what a killed stack left running and empties its state folder.
 *
 * @throws {Error} When a stack that is alive holds it.
 */
export async function emptyStateFolder(dir: string): Promise<void> {
  const lock = await lockStateFolder(dir);
  try {
    await endLeftovers(dir);
    for await (const { name } of Deno.readDir(dir)) {
      if (name !== "lock") await Deno.remove(join(dir, name), { recursive: true });
    }
  } finally {
    lock.close();
  }
}
