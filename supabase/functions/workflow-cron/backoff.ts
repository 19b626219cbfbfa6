/** What a backoff grows from and to, in milliseconds. */
export interface BackoffLimits {
  readonly first: number;
  readonly most: number;
}

/** Pauses that double with each failure, with jitter, so that workers do not come back in step. */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: () => number;
  #failures = 0;

  constructor(limits: BackoffLimits, random: () => number = Math.random) {
    this.#limits = limits;
    this.#random = random;
  }

  /** Milliseconds to pause after one more failure: between half of the doubled pause and all. */
  next(): number {
    const pause = Math.min(this.#limits.most, this.#limits.first * 2 ** this.#failures);
    this.#failures += 1;
    return pause / 2 + (pause / 2) * this.#random();
  }

  reset(): void {
    this.#failures = 0;
  }
}
