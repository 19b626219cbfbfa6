import type { Clock } from "./clock.ts";

/**
 * Lets one loop wait until somebody rings or time is up. A ring while nobody waits is remembered,
 * so no ring is lost between looking and waiting.
 */
export class Bell {
  readonly #clock: Clock;
  #rung = false;
  #answer: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#rung = true;
    this.#answer?.();
  }

  /** Resolves at the next ring, at once if one came since the last wait, or after `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.#rung && ms > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.after(ms, resolve);
        this.#answer = () => {
          cancel();
          resolve();
        };
      });
    }
    this.#answer = undefined;
    this.#rung = false;
  }
}
