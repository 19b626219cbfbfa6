/** What a worker with room for more does next. All times are milliseconds. */
export type Move =
  | { readonly kind: "look"; readonly waitMs: number }
  | { readonly kind: "rest"; readonly ms: number }
  | { readonly kind: "leave" };

/** What one look for work asked and found. */
export interface Look {
  readonly asked: number;
  readonly claimed: number;
  readonly nextDueMs: number | null;
  readonly waitMs: number;
  readonly tookMs: number;
}

/** The longest that one call waits inside the engine; it holds a connection meanwhile. */
const LONGEST_WAIT_MS = 1000;

/** The longest pause between looks at work that is due and yet cannot be claimed. */
const LONGEST_PAUSE_MS = 2000;

/** The tick rings for whatever is due later than this. */
const TICK_MS = 60_000;

/**
 * Decides when a worker looks for work, and when it may leave.
 *
 * Whoever commits work may count on a worker that was woken less than `lingerMs` ago. So after the
 * last wake-up, and after the last work, a worker looks for `lingerMs` without a gap, and once more
 * `lingerMs` later, for a transaction that counted on it and was slow to commit. For what is due
 * before the next tick it stays.
 */
export class Lookout {
  readonly #lingerMs: number;
  #lingerUntil = -Infinity;
  #lastLookAt: number | null = null;
  #dueAt: number | null = null;
  #notBefore = -Infinity;
  #emptyLooks = 0;
  #claimed = 0;
  #more = false;
  #blind = false;

  constructor(lingerMs: number) {
    this.#lingerMs = lingerMs;
  }

  /** There may be new work. */
  wake(now: number): void {
    this.#lingerUntil = now + this.#lingerMs;
    this.#lastLookAt = this.#lingerUntil + this.#lingerMs;
    this.#notBefore = now;
    this.#emptyLooks = 0;
  }

  /** Takes note of an answer of the engine to a claim; `Look.asked` was at least 1. */
  saw(now: number, look: Look): void {
    this.#more = look.claimed >= look.asked;
    this.#claimed += look.claimed;
    this.heard(now, look.nextDueMs);
    if (look.claimed > 0) return this.wake(now);
    if (this.#lastLookAt !== null && now - look.tookMs >= this.#lastLookAt) this.#lastLookAt = null;
    const waited = look.waitMs > 0 && look.tookMs > look.waitMs / 2;
    this.#emptyLooks = waited ? 0 : this.#emptyLooks + 1;
    const pause = this.#emptyLooks < 2 ? 0 : Math.min(LONGEST_PAUSE_MS, 5 * 2 ** this.#emptyLooks);
    this.#notBefore = now + pause;
  }

  /** Takes note of when the next action is due. */
  heard(now: number, nextDueMs: number | null): void {
    this.#blind = false;
    this.#dueAt = nextDueMs === null ? null : now + nextDueMs;
  }

  /** The engine cannot be asked. */
  failed(): void {
    this.#blind = true;
  }

  /** What to do now, for a worker that claims for another `remainingMs`. */
  next(now: number, remainingMs: number): Move {
    const at = this.#nextLookAt(now, remainingMs);
    if (at === null) return { kind: "leave" };
    const restMs = Math.max(at, this.#notBefore) - now;
    if (restMs > 0) return { kind: "rest", ms: restMs };
    if (this.#more) return { kind: "look", waitMs: 0 };
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(0, this.#lingerUntil - now), remainingMs);
    return { kind: "look", waitMs: Math.ceil(waitMs) };
  }

  /** Whether a worker that must leave now leaves anything behind for a successor. */
  hasWorkLeft(now: number): boolean {
    if (this.#blind) return false;
    if (this.#more || this.#lastLookAt !== null) return true;
    if (this.#dueAt === null || this.#dueAt > now + TICK_MS) return false;
    return this.#dueAt > now || this.#claimed > 0;
  }

  #nextLookAt(now: number, remainingMs: number): number | null {
    if (this.#more || now < this.#lingerUntil) return now;
    const stayUntil = now + Math.max(TICK_MS, remainingMs);
    const dueAt = this.#dueAt !== null && this.#dueAt <= stayUntil ? this.#dueAt : null;
    if (dueAt === null || this.#lastLookAt === null) return dueAt ?? this.#lastLookAt;
    return Math.min(dueAt, this.#lastLookAt);
  }
}
