import type { ClaimAnswer } from "../_shared/contract/claim.ts";
import type { AttemptKey, AttemptResult, ReportAnswer } from "../_shared/contract/report.ts";
import type { Logger } from "../_shared/logger.ts";
import { Attempts, type RunAttempt } from "./attempts.ts";
import { Backoff } from "./backoff.ts";
import { BatchSize } from "./batch_size.ts";
import { Bell } from "./bell.ts";
import { type Clock, sleep } from "./clock.ts";
import { type Engine, EngineError } from "./engine.ts";
import { Lookout } from "./lookout.ts";

/**
 * Every attempt in flight is reported as running at least this often: what is stopped is aborted
 * within ten seconds, of which one is for the call.
 */
const HEARTBEAT_MS = 9_000;

/** Results that come this close together travel in one report. */
const COALESCE_MS = 3;

/** How long a worker that was told to end keeps trying to give its leases back. */
const RELEASE_MS = 8_000;

const RETRY_LIMITS = { first: 100, most: 5_000 };

/** What a worker works with. */
export interface WorkerDependencies {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly run: RunAttempt;
  /** Called once, when the worker stops claiming; attempts may still be running. */
  readonly onLeave?: (leave: { readonly workLeft: boolean }) => void;
}

/** How much a worker takes on. */
export interface WorkerLimits {
  /** Attempts that run at the same time. */
  readonly concurrency: number;
  /** Claims, and results, that one call carries at most. */
  readonly batch: number;
  /** Milliseconds that it keeps looking after the last wake-up or work. */
  readonly lingerMs: number;
  /** Milliseconds after which it stops claiming. */
  readonly claimMs: number;
  /** Attempts after which it stops claiming. */
  readonly maxActions: number;
}

/**
 * Claims attempts, runs them side by side and reports how they ended, until nothing is due or its
 * budget is spent.
 *
 * Two loops share the work. One reports: as soon as something finished, and as a heartbeat; each
 * report brings back as many claims as there is room for, so a busy worker needs one call a batch.
 * The other looks for work while there is room that no report is about to fill. No result ever
 * waits for a look that is waiting inside the engine.
 */
export class Worker {
  readonly #dependencies: WorkerDependencies;
  readonly #limits: WorkerLimits;
  readonly #attempts: Attempts;
  readonly #lookout: Lookout;
  readonly #batch: BatchSize;
  readonly #claimBell: Bell;
  readonly #reportBell: Bell;
  readonly #claimUntil: number;
  #reserved = 0;
  #started = 0;
  #heartbeatAt = Infinity;
  #isReporting = false;
  #isClaiming = true;
  #claimLoopEnded = false;
  #giveUpAt = Infinity;

  constructor(dependencies: WorkerDependencies, limits: WorkerLimits) {
    const { clock, run } = dependencies;
    this.#dependencies = dependencies;
    this.#limits = limits;
    this.#attempts = new Attempts(run, () => this.#reportBell.ring());
    this.#lookout = new Lookout(limits.lingerMs);
    this.#batch = new BatchSize(limits.batch);
    this.#claimBell = new Bell(clock);
    this.#reportBell = new Bell(clock);
    this.#claimUntil = clock.elapsed() + limits.claimMs;
    this.#lookout.wake(clock.elapsed());
  }

  /** Works until it leaves and all its attempts are reported. Never rejects. */
  async run(): Promise<void> {
    await Promise.all([this.#claimLoop(), this.#reportLoop()]);
  }

  /** There may be new work. */
  wake(): void {
    this.#lookout.wake(this.#now);
    this.#claimBell.ring();
  }

  /** Stops claiming, aborts every handler and gives the leases back. */
  release(): void {
    this.#giveUpAt = this.#now + RELEASE_MS;
    this.#leave();
    this.#attempts.release();
    this.#ringBoth();
  }

  get #now(): number {
    return this.#dependencies.clock.elapsed();
  }

  get #isReleased(): boolean {
    return this.#giveUpAt !== Infinity;
  }

  /** Attempts that may still be claimed: by what runs, by what calls are out, by the budget. */
  get #room(): number {
    const { concurrency, maxActions } = this.#limits;
    const taken = this.#attempts.runningCount + this.#attempts.resultCount + this.#reserved;
    const free = Math.min(concurrency - taken, maxActions - this.#started - this.#reserved);
    return this.#isClaiming ? Math.max(0, Math.min(this.#batch.size, free)) : 0;
  }

  get #isIdle(): boolean {
    return this.#attempts.runningCount + this.#attempts.resultCount === 0 && !this.#isReporting;
  }

  async #claimLoop(): Promise<void> {
    const backoff = new Backoff(RETRY_LIMITS);
    while (this.#isClaiming) {
      const remainingMs = this.#claimUntil - this.#now;
      if (remainingMs <= 0 || this.#started >= this.#limits.maxActions) {
        this.#leave();
        break;
      }
      const move = this.#lookout.next(this.#now, remainingMs);
      if (this.#room === 0) await this.#claimBell.wait(remainingMs);
      else if (move.kind === "look") await this.#look(this.#room, move.waitMs, backoff);
      else if (move.kind === "rest") await this.#claimBell.wait(Math.min(move.ms, remainingMs));
      else if (this.#isIdle) this.#leave();
      else await this.#claimBell.wait(remainingMs);
    }
    this.#claimLoopEnded = true;
    this.#reportBell.ring();
  }

  async #look(room: number, waitMs: number, backoff: Backoff): Promise<void> {
    const start = this.#now;
    this.#reserved += room;
    try {
      const answer = await this.#dependencies.engine.claim(room, waitMs);
      this.#reserved -= room;
      this.#take(answer, { room, waitMs, tookMs: this.#now - start });
      this.#batch.grow();
      backoff.reset();
    } catch (error) {
      this.#reserved -= room;
      await this.#pause("claim", error, backoff);
    }
  }

  #take(answer: ClaimAnswer, look: { room: number; waitMs: number; tookMs: number }): void {
    const { claims, next_due_ms: nextDueMs } = answer;
    if (this.#isReleased) this.#attempts.giveBack(claims);
    else this.#attempts.start(answer);
    this.#started += claims.length;
    if (this.#heartbeatAt === Infinity) this.#heartbeatAt = this.#now + HEARTBEAT_MS;
    if (look.room === 0) this.#lookout.heard(this.#now, nextDueMs);
    else {
      const { room: asked, waitMs, tookMs } = look;
      this.#lookout.saw(this.#now, { asked, claimed: claims.length, nextDueMs, waitMs, tookMs });
    }
    this.#ringBoth();
  }

  async #reportLoop(): Promise<void> {
    const backoff = new Backoff(RETRY_LIMITS);
    while (!this.#isFinished()) {
      const { runningCount, resultCount } = this.#attempts;
      const silenceMs = runningCount === 0 ? Infinity : this.#heartbeatAt - this.#now;
      if (resultCount > 0 || silenceMs <= 0) await this.#report(backoff);
      else await this.#listen(Math.min(silenceMs, this.#giveUpAt - this.#now));
    }
    this.#claimBell.ring();
  }

  /** Waits for a result, and a moment longer for those that finish with it. */
  async #listen(ms: number): Promise<void> {
    await this.#reportBell.wait(ms);
    const { resultCount } = this.#attempts;
    if (resultCount === 0 || resultCount >= this.#batch.size || this.#isReleased) return;
    await sleep(this.#dependencies.clock, COALESCE_MS);
  }

  #isFinished(): boolean {
    if (this.#isClaiming) return false;
    if (this.#now >= this.#giveUpAt) return true;
    return this.#claimLoopEnded && this.#isIdle;
  }

  async #report(backoff: Backoff): Promise<void> {
    const start = this.#now;
    const results = this.#attempts.takeResults(this.#batch.size);
    const isHeartbeat = start >= this.#heartbeatAt - HEARTBEAT_MS / 2;
    const running = isHeartbeat ? this.#attempts.running : [];
    const room = this.#room;
    this.#reserved += room;
    this.#isReporting = true;
    try {
      const answer = await this.#dependencies.engine.report({
        results,
        running,
        maxActions: room,
        waitMs: 0,
      });
      this.#reserved -= room;
      this.#isReporting = false;
      if (isHeartbeat) this.#heartbeatAt = start + HEARTBEAT_MS;
      this.#settle(answer, results, running);
      this.#take(answer, { room, waitMs: 0, tookMs: this.#now - start });
      this.#batch.grow();
      backoff.reset();
    } catch (error) {
      this.#reserved -= room;
      this.#isReporting = false;
      this.#attempts.returnResults(
        isUnstorable(error, results) ? results.map(unstorable) : results,
      );
      await this.#pause("report", error, backoff);
    }
  }

  #settle(
    { stale, stopped }: ReportAnswer,
    results: readonly AttemptResult[],
    running: readonly AttemptKey[],
  ): void {
    for (const id of stopped) this.#attempts.abort(id, "stopped");
    const reported = new Set(results.map(({ id }) => id));
    for (const { id } of running) {
      if (stale.includes(id) && !reported.has(id)) this.#attempts.abort(id, "taken over");
    }
    if (stopped.length > 0) this.#dependencies.logger.info("Stopped attempts", { ids: stopped });
    const waited = new Set(results.filter(isWaiting).map(({ id }) => id));
    const answered = stale.filter((id) => waited.has(id));
    const lost = stale.filter((id) => !waited.has(id));
    if (answered.length > 0) {
      this.#dependencies.logger.info("Attempts were answered before they waited", {
        ids: answered,
      });
    }
    if (lost.length > 0) {
      this.#dependencies.logger.warn("Attempts are no longer this worker's", { ids: lost });
    }
  }

  async #pause(call: "claim" | "report", error: unknown, backoff: Backoff): Promise<void> {
    const kind = error instanceof EngineError ? error.kind : "other";
    if (kind !== "other") this.#batch.halve();
    this.#lookout.failed();
    this.#dependencies.logger.error(`Cannot ${call}`, {
      error: error instanceof Error ? error.message : String(error),
      kind,
    });
    await sleep(this.#dependencies.clock, backoff.next());
  }

  #leave(): void {
    if (!this.#isClaiming) return;
    this.#isClaiming = false;
    this.#dependencies.onLeave?.({ workLeft: this.#lookout.hasWorkLeft(this.#now) });
  }

  #ringBoth(): void {
    this.#claimBell.ring();
    this.#reportBell.ring();
  }
}

/** Whether the one result of a report is what the engine cannot store. */
function isUnstorable(error: unknown, results: readonly AttemptResult[]): boolean {
  return error instanceof EngineError && error.kind === "refused" && results.length === 1;
}

function isWaiting({ status }: AttemptResult): boolean {
  return status === "waiting";
}

function unstorable({ id, attempt }: AttemptResult): AttemptResult {
  return { id, attempt, status: "failed", error: "The result cannot be stored", final: true };
}
