import type { Claim, ClaimAnswer, ClaimedAction } from "../_shared/contract/claim.ts";
import type { AttemptKey, AttemptResult } from "../_shared/contract/report.ts";

/** The most that the results of one report may weigh, in characters of JSON. */
const LARGEST_REPORT = 2 * 1024 * 1024;

/** Runs one attempt to its result; never rejects. */
export type RunAttempt = (
  claim: Claim,
  action: ClaimedAction,
  signal: AbortSignal,
) => Promise<AttemptResult>;

interface Running {
  readonly key: AttemptKey;
  readonly controller: AbortController;
}

/** The attempts that this worker owns: those that run, and results that are not reported yet. */
export class Attempts {
  readonly #run: RunAttempt;
  readonly #onFinish: () => void;
  readonly #running = new Map<string, Running>();
  #results: AttemptResult[] = [];

  /** `onFinish` is called whenever there is one more result. */
  constructor(run: RunAttempt, onFinish: () => void) {
    this.#run = run;
    this.#onFinish = onFinish;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  get resultCount(): number {
    return this.#results.length;
  }

  get running(): AttemptKey[] {
    return [...this.#running.values()].map(({ key }) => key);
  }

  /** Starts what was claimed. A newer attempt of the same action log replaces an older one. */
  start({ claims, actions }: Pick<ClaimAnswer, "claims" | "actions">): void {
    for (const claim of claims) {
      this.abort(claim.id, "claimed again");
      const action = actions[claim.action];
      if (action === undefined) this.#finish(missingAction(claim));
      else this.#begin(claim, action);
    }
  }

  /** Aborts an action log's handler and drops its result. */
  abort(id: string, reason: string): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    this.#running.delete(id);
    running.controller.abort(new DOMException(`The action was ${reason}`, "AbortError"));
  }

  /** Aborts every handler; what they held is given back instead of their results. */
  release(): void {
    for (const { key } of this.#running.values()) {
      this.abort(key.id, "given back");
      this.#results.push({ ...key, status: "released" });
    }
  }

  /** Gives back, unstarted, what was claimed. */
  giveBack(claims: readonly Claim[]): void {
    for (const { id, attempt } of claims) this.#results.push({ id, attempt, status: "released" });
  }

  /** Takes up to `most` results, but no more than one report may weigh. */
  takeResults(most: number): AttemptResult[] {
    let weight = 0;
    const end = this.#results.findIndex((result, index) => {
      weight += JSON.stringify(result).length;
      return index >= most || (index > 0 && weight > LARGEST_REPORT);
    });
    return this.#results.splice(0, end === -1 ? this.#results.length : end);
  }

  /** Puts back results whose report failed. */
  returnResults(results: readonly AttemptResult[]): void {
    this.#results = [...results, ...this.#results];
  }

  #begin(claim: Claim, action: ClaimedAction): void {
    const running = {
      key: { id: claim.id, attempt: claim.attempt },
      controller: new AbortController(),
    };
    this.#running.set(claim.id, running);
    void this.#run(claim, action, running.controller.signal).then((result) => {
      if (this.#running.get(claim.id) !== running) return;
      this.#running.delete(claim.id);
      this.#finish(result);
    });
  }

  #finish(result: AttemptResult): void {
    this.#results.push(result);
    this.#onFinish();
  }
}

function missingAction({ id, attempt, action }: Claim): AttemptResult {
  const error = `Cannot run the claim: its action "${action}" is missing in the answer`;
  return { id, attempt, status: "failed", error, final: false };
}
