/**
 * When the worker takes a batch, as in pg_net.
 *
 * An idle worker starts at once. A busy one rests after each batch; the first wake-up that comes
 * while it is busy cuts one rest short, further ones find the bell rung already. Once a batch was
 * empty it is idle again.
 */
export class Pace {
  readonly #restMs: number;
  /** Whether somebody woke the worker since it was last idle. */
  #rung = false;
  /** Whether the next rest is to be cut short. */
  #hurry = false;
  #getUp: () => void = () => {};

  /** @param restMs How long the worker rests after each batch. */
  constructor(restMs = 1000) {
    this.#restMs = restMs;
  }

  /** Notes a wake-up. */
  wake(): void {
    if (this.#rung) return;
    this.#rung = true;
    this.#hurry = true;
    this.#getUp();
  }

  /**
   * Takes batches until the signal is aborted.
   *
   * @param takeBatch Answers how much there was to do.
   */
  async run(takeBatch: () => Promise<number>, signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#getUp());
    while (!signal.aborted) {
      if (!this.#rung) await this.#sleep(null);
      this.#rung = false;
      this.#hurry = false;
      let taken = 1;
      while (taken > 0 && !signal.aborted) {
        taken = await takeBatch();
        if (!this.#hurry && !signal.aborted) await this.#sleep(this.#restMs);
        this.#hurry = false;
      }
    }
  }

  /** Sleeps until woken, or for that many milliseconds. */
  async #sleep(limitMs: number | null): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#getUp = resolve;
    const timer = limitMs === null ? null : setTimeout(resolve, limitMs);
    await promise;
    if (timer !== null) clearTimeout(timer);
    this.#getUp = () => {};
  }
}
