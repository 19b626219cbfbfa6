/** How often a condition is looked at, and for how long, in milliseconds. */
const PAUSE_MS = 20;
const PATIENCE_MS = 20_000;

type Missing = false | null | undefined;

/**
 * Waits until something is there: until the probe gives neither false, null nor undefined.
 *
 * @param what What is waited for, as the error names it.
 * @throws {Error} When it does not come in time.
 */
export async function until<Value>(
  what: string,
  probe: () => Promise<Value | Missing> | Value | Missing,
  patienceMs = PATIENCE_MS,
): Promise<Value> {
  for (const deadline = Date.now() + patienceMs;;) {
    const value = await probe();
    if (value !== false && value !== null && value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`Waited ${patienceMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
