import { formatDuration } from "./format_time.ts";
import type { ActionLog, Snapshot } from "./snapshot.ts";
import { renderTable } from "./table.ts";

/** A run as a table: a line an action, with its times since the event, in the engine's time. */
export function renderRun({ logs, run }: Snapshot): string[] {
  const since = (time: Date) => `+${formatDuration(time.getTime() - run.occurred_at.getTime())}`;
  const row = (log: ActionLog) => [
    log.name,
    String(log.order),
    log.status,
    String(log.attempt),
    since(log.execute_at),
    log.started_at === null ? "–" : since(log.started_at),
    tookOf(log),
  ];
  return renderTable([
    { heading: "Action" },
    { heading: "Order", alignRight: true },
    { heading: "Status" },
    { heading: "Attempts", alignRight: true },
    { heading: "Due", alignRight: true },
    { heading: "Started", alignRight: true },
    { heading: "Took", alignRight: true },
  ], logs.map(row));
}

function tookOf({ started_at, completed_at }: ActionLog): string {
  if (started_at === null || completed_at === null) return "–";
  return formatDuration(completed_at.getTime() - started_at.getTime());
}
