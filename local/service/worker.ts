import { z } from "zod";
import type { Log } from "./log.ts";
import { outliveLostConnections } from "./lost_connections.ts";

/** What a worker of the stack, which serves no port, is told by its environment. */
export const workerEnvironment = z.object({
  /** The superuser's connection: a worker stands in for one inside the server. */
  LOCAL_DB_URL: z.url(),
  /** The name of the worker's connection, by which it is known to be up. */
  LOCAL_APPLICATION_NAME: z.string().min(1),
});

/** Waits for SIGTERM or SIGINT, closes and ends the process. */
export async function endOnSignal(log: Log, close: () => Promise<void>): Promise<never> {
  outliveLostConnections(log);
  const { promise, resolve } = Promise.withResolvers<Deno.Signal>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => resolve(signal));
  }
  log("stopping", { signal: await promise });
  await close();
  Deno.exit(0);
}
