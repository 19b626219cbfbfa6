import { checkPorts } from "../local/ports.ts";
import { derivePorts } from "../local/settings.ts";

/** A port on which nobody listens. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** An API port for a stack, from which all of its ports are free. */
export function freeStackPort(): number {
  const candidates = Array.from({ length: 100 }, (_, index) => 55_000 + 10 * index);
  const free = candidates.find((api) => {
    try {
      checkPorts(derivePorts(api));
      return true;
    } catch {
      return false;
    }
  });
  if (free === undefined) throw new Error("Cannot find free ports between 55000 and 56000");
  return free;
}
