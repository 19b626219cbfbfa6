import type { Isolate } from "./isolate.ts";

/** When, as parts of the wall-clock limit, a process retires and is warned. */
const RETIRES_AT = 0.5;
const WARNED_AT = 0.9;

/**
 * Ends a process as the platform does.
 *
 * At half of the wall-clock limit it retires: new requests go elsewhere, and it is dropped once it
 * is idle. Shortly before the limit it is told `wall_clock`; at the limit it is killed.
 */
export function limitLifetime(isolate: Isolate, wallSeconds: number, retire: () => void): void {
  const wallMs = wallSeconds * 1000;
  const timers = [
    setTimeout(() => {
      retire();
      void isolate.idle().then(() => isolate.unload("early_drop"));
    }, wallMs * RETIRES_AT),
    setTimeout(() => void isolate.unload("wall_clock"), wallMs * WARNED_AT),
    setTimeout(() => isolate.kill(), wallMs),
  ];
  void isolate.exited.then(() => timers.forEach(clearTimeout));
}
