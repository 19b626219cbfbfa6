/**
 * How much one call to the engine carries: half as much after each time-out, a tenth of the most
 * more after each success.
 */
export class BatchSize {
  readonly #most: number;
  #size: number;

  constructor(most: number) {
    this.#most = most;
    this.#size = most;
  }

  get size(): number {
    return this.#size;
  }

  grow(): void {
    this.#size = Math.min(this.#most, this.#size + Math.ceil(this.#most / 10));
  }

  halve(): void {
    this.#size = Math.max(1, Math.floor(this.#size / 2));
  }
}
