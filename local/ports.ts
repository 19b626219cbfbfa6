import type { Ports } from "./settings.ts";

/**
 * Checks that every port of the stack is free.
 *
 * @throws {Error} With what to type when one is in use.
 */
export function checkPorts(ports: Ports): void {
  for (const port of Object.values(ports)) {
    if (isFree(port)) continue;
    throw new Error(
      `Port ${port} is in use by another program: end it, or choose other ports by typing ` +
        `"WORKFLOW_LOCAL_PORT=${ports.api + 100} npm start"`,
    );
  }
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
