import { readSnapshot, type Snapshot } from "./snapshot.ts";
import type { Stage } from "./stage.ts";
import { renderTransition } from "./transition_line.ts";
import { transitionsOf } from "./transitions.ts";

/** Tells each transition of one record's run once, as soon as it is seen. */
export class Feed {
  readonly #stage: Stage;
  readonly #recordKey: string;
  readonly #told = new Set<string>();

  constructor(stage: Stage, recordKey: string) {
    this.#stage = stage;
    this.#recordKey = recordKey;
  }

  /** How many transitions were told so far. */
  get length(): number {
    return this.#told.size;
  }

  /** Looks, tells what is new, and returns what it saw; null while there is no run. */
  async look(): Promise<Snapshot | null> {
    const snapshot = await readSnapshot(this.#stage.stack.db, this.#recordKey);
    if (snapshot === null) return null;
    for (const transition of transitionsOf(snapshot)) {
      if (this.#told.has(transition.key)) continue;
      this.#told.add(transition.key);
      const lines = renderTransition(transition, this.#stage.paint);
      for (const line of lines) this.#stage.terminal.print(line);
    }
    return snapshot;
  }
}
