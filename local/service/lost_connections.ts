import type { Log } from "./log.ts";

/**
 * Keeps a process alive that was about to write when its server crashed: the driver `postgres`
 * then throws outside of any promise, and a query on a reserved connection is never answered.
 *
 * @see https://github.com/porsager/postgres/issues/1154
 */
export function outliveLostConnections(log: Log, onLost: () => void = () => {}): void {
  addEventListener("error", (event) => {
    if (!isLateWrite(event.error)) return;
    event.preventDefault();
    log("connection lost in the middle of a write");
    onLost();
  });
}

function isLateWrite(error: unknown): boolean {
  return error instanceof TypeError && error.message.includes("reading 'write'") &&
    /\bnextWrite\b.*\/postgres\/src\/connection\.js/.test(error.stack ?? "");
}
