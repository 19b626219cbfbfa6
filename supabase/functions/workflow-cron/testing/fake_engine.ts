import type { Claim, ClaimAnswer } from "../../_shared/contract/claim.ts";
import type { AttemptResult, ReportAnswer } from "../../_shared/contract/report.ts";
import type { Clock } from "../clock.ts";
import type { Engine, Report } from "../engine.ts";
import { sampleAction, sampleClaim, sampleId } from "./samples.ts";

interface Call {
  readonly name: "claim" | "report";
  readonly at: number;
  readonly maxActions: number;
  readonly waitMs: number;
  readonly claimed: number;
}

/** An engine in memory that keeps to the contract: it waits for work, and knows what runs. */
export class FakeEngine implements Engine {
  readonly calls: Call[] = [];
  readonly reports: Report[] = [];
  readonly results: AttemptResult[] = [];
  /** Action logs to answer as stopped, as soon as they are reported as running. */
  readonly stopped = new Set<string>();
  /** Action logs whose results to answer as stale. */
  readonly stale = new Set<string>();
  /** When the next action falls due that no test added. */
  nextDueAt: number | null = null;
  /** Throws in place of an answer. */
  beforeCall: (call: "claim" | "report", report?: Report) => void = () => {};
  /** How long a report takes. */
  reportMs = 0;
  readonly #clock: Clock;
  readonly #pending: Claim[] = [];
  #wakeWaiting: (() => void) | undefined;
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Makes as many actions due, and answers their ids. */
  add(count: number): string[] {
    const ids = Array.from({ length: count }, () => sampleId(1000 + this.#count++));
    this.#pending.push(...ids.map((id) => sampleClaim({ id })));
    this.#wakeWaiting?.();
    return ids;
  }

  /** Makes one more action due, and answers its id. */
  addOne(): string {
    const [id = ""] = this.add(1);
    return id;
  }

  /** Makes one attempt due. */
  addClaim(claim: Claim): void {
    this.#pending.push(claim);
    this.#wakeWaiting?.();
  }

  async claim(maxActions: number, waitMs: number): Promise<ClaimAnswer> {
    const at = this.#clock.elapsed();
    this.beforeCall("claim");
    if (this.#pending.length === 0 && waitMs > 0) await this.#wait(waitMs);
    return this.#hand("claim", at, maxActions, waitMs);
  }

  async report(report: Report): Promise<ReportAnswer> {
    const at = this.#clock.elapsed();
    this.reports.push(report);
    await new Promise<void>((resolve) => void this.#clock.after(this.reportMs, resolve));
    this.beforeCall("report", report);
    this.results.push(...report.results);
    const stale = report.results.map(({ id }) => id).filter((id) => this.stale.has(id));
    const stopped = report.running.map(({ id }) => id).filter((id) => this.stopped.delete(id));
    return {
      accepted: report.results.length - stale.length,
      stale,
      stopped,
      ...this.#hand("report", at, report.maxActions, report.waitMs),
    };
  }

  #hand(name: Call["name"], at: number, maxActions: number, waitMs: number): ClaimAnswer {
    const claims = this.#pending.splice(0, maxActions);
    this.calls.push({ name, at, maxActions, waitMs, claimed: claims.length });
    const nextDueAt = this.#pending.length > 0 ? 0 : this.nextDueAt;
    const nextDueMs = nextDueAt === null ? null : Math.max(0, nextDueAt - this.#clock.elapsed());
    return { actions: { welcome: sampleAction() }, claims, next_due_ms: nextDueMs };
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, resolve);
      this.#wakeWaiting = () => {
        cancel();
        resolve();
      };
    });
  }
}
