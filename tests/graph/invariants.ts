/** What is true of every run at any time, whatever happened to it. */

/** An action log as far as that is concerned. */
export interface Progress {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly attempt: number;
  /** Whether there is a time at which it is due, or overdue. */
  readonly isPlanned: boolean;
}

const UNFINISHED = ["not_started", "processing", "waiting"];
const ENDED = ["completed", "failed", "stopped"];

/** Which invariant a run breaks, or null; `begun` is the last attempt of each that began. */
export function findBreach(
  run: string,
  logs: readonly Progress[],
  begun: ReadonlyMap<string, { readonly attempt: number }>,
): string | null {
  const unfinished = logs.filter(({ status }) => UNFINISHED.includes(status));
  const hasFuture = unfinished.some(({ status, isPlanned }) =>
    status === "processing" || isPlanned
  );
  const fallen = logs.find(({ id, attempt }) => attempt < (begun.get(id)?.attempt ?? 0));
  if (ENDED.includes(run) && unfinished.length > 0) return "The run ended before its actions did";
  if (run === "running" && !hasFuture) return "The run waits for nothing and goes on for ever";
  if (fallen !== undefined) return `The attempt of "${fallen.name}" fell to ${fallen.attempt}`;
  return null;
}
