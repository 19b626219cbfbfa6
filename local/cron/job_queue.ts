import type { Job } from "./job.ts";
import { parseSchedule, type Schedule } from "./schedule.ts";

/** How many jobs run at once, as in pg_cron. */
const MAX_RUNNING = 32;

interface Entry {
  readonly job: Job;
  readonly schedule: Schedule;
  /** Runs that are due and have not begun. */
  pending: number;
  /** When the job last began, or was first seen; milliseconds. */
  since: number;
}

/**
 * Decides which jobs begin when.
 *
 * A job runs once at a time: a run that becomes due while another is under way is queued and
 * begins as soon as that has ended.
 */
export class JobQueue {
  #entries: Map<string, Entry> = new Map();
  /** Kept apart from the jobs: one may be switched off and on again while it runs. */
  readonly #running: Set<string> = new Set();
  #lastMinute: number;
  #restarting = true;

  /** @param now When the worker starts; minutes before it are not made up for. */
  constructor(now: Date) {
    this.#lastMinute = minuteOf(now);
  }

  /**
   * Takes note of the jobs as they are and of the time.
   *
   * @returns The jobs to begin now; each is running until `finish` is called with its id.
   */
  begin(jobs: readonly Job[], now: Date): Job[] {
    this.#update(jobs, now);
    const minutes = this.#passedMinutes(now);
    for (const entry of this.#entries.values()) this.#addDueRuns(entry, minutes, now);
    return this.#startPending(now);
  }

  /** Notes that a run has ended. */
  finish(jobid: string): void {
    this.#running.delete(jobid);
  }

  #update(jobs: readonly Job[], now: Date): void {
    const entries = new Map<string, Entry>();
    for (const job of jobs) {
      const known = this.#entries.get(job.jobid);
      const schedule = known?.job.schedule === job.schedule
        ? known.schedule
        : parseSchedule(job.schedule);
      if (schedule === null) continue;
      const pending = schedule.kind === "restart" && this.#restarting ? 1 : known?.pending ?? 0;
      entries.set(job.jobid, {
        job,
        schedule,
        pending,
        since: known?.since ?? now.getTime(),
      });
    }
    this.#entries = entries;
    if (jobs.length > 0) this.#restarting = false;
  }

  #passedMinutes(now: Date): Date[] {
    const current = minuteOf(now);
    const minutes: Date[] = [];
    for (let minute = this.#lastMinute + 1; minute <= current; minute++) {
      minutes.push(new Date(minute * 60_000));
    }
    this.#lastMinute = Math.max(this.#lastMinute, current);
    return minutes;
  }

  #addDueRuns(entry: Entry, minutes: readonly Date[], now: Date): void {
    const { schedule } = entry;
    if (schedule.kind === "minutes") {
      entry.pending += minutes.filter(schedule.matches).length;
    } else if (schedule.kind === "interval") {
      const isDue = now.getTime() - entry.since >= schedule.seconds * 1000;
      if (isDue && entry.pending === 0) entry.pending = 1;
    }
  }

  #startPending(now: Date): Job[] {
    const starting = [...this.#entries.values()]
      .filter(({ job, pending }) => pending > 0 && !this.#running.has(job.jobid))
      .slice(0, MAX_RUNNING - this.#running.size);
    for (const entry of starting) {
      entry.pending -= 1;
      entry.since = now.getTime();
      this.#running.add(entry.job.jobid);
    }
    return starting.map(({ job }) => job);
  }
}

function minuteOf(time: Date): number {
  return Math.floor(time.getTime() / 60_000);
}
