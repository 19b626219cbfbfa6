import { travel } from "../travel.ts";
import { Feed } from "./feed.ts";
import { formatDuration } from "./format_time.ts";
import { isUnfinished, nextJourney, type Snapshot } from "./snapshot.ts";
import { DemoFailure, type Stage } from "./stage.ts";

/** How long nothing may happen, and how often is looked, in milliseconds. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 30;

/**
 * Shows the run of a record to its end; where all that is left is planned for later, it travels
 * there.
 *
 * @throws {DemoFailure} When nothing happens for too long.
 */
export async function playRun(stage: Stage, recordKey: string): Promise<Snapshot> {
  const feed = new Feed(stage, recordKey);
  while (true) {
    const snapshot = await settle(stage, feed);
    const journey = nextJourney(snapshot);
    if (journey === null) return snapshot;
    await travelTo(stage, snapshot.now, journey);
  }
}

/** Waits until the run has ended, or has nothing to do before a later time. */
async function settle(stage: Stage, feed: Feed): Promise<Snapshot> {
  let told = feed.length;
  for (let quietSince = performance.now();;) {
    const snapshot = await feed.look();
    if (snapshot !== null && (hasEnded(snapshot) || nextJourney(snapshot) !== null)) {
      return snapshot;
    }
    if (feed.length > told) [told, quietSince] = [feed.length, performance.now()];
    const quietMs = performance.now() - quietSince;
    const awaited = describeAwaited(snapshot);
    if (quietMs > PATIENCE_MS) {
      throw new DemoFailure(
        `Waited ${formatDuration(PATIENCE_MS)} in vain for ${awaited}: ` +
          "look at the logs in the stack's state folder (.local/logs)",
      );
    }
    stage.terminal.progress(`waiting for ${awaited} (${(quietMs / 1000).toFixed(1)} s)`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function hasEnded({ run }: Snapshot): boolean {
  return run.completed_at !== null;
}

function describeAwaited(snapshot: Snapshot | null): string {
  if (snapshot === null) return "the run to start";
  const { logs, now } = snapshot;
  const awaited = logs.filter((log) =>
    isUnfinished(log) && (log.status !== "not_started" || log.execute_at <= now)
  );
  return awaited.length === 0
    ? "the run to go on"
    : awaited.map(({ name, status }) => `${name} (${status === "not_started" ? "due" : status})`)
      .join(", ");
}

async function travelTo({ stack, terminal, paint }: Stage, from: Date, to: Date): Promise<void> {
  const ms = to.getTime() - from.getTime() + 1;
  terminal.print(paint.busy(`  ⏩ ${formatDuration(ms)}`));
  await travel(stack.db, `${ms} milliseconds`);
}
