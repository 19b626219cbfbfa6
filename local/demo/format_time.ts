const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A duration in milliseconds in at most two units: `51 ms`, `1.2 s`, `2 min 7 s`, `1 h 5 min`. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < SECOND) return `${whole} ms`;
  const tenths = Math.round(whole / 100) / 10;
  if (tenths < 60) return `${tenths.toFixed(1)} s`;
  const seconds = Math.round(whole / SECOND) * SECOND;
  if (seconds < HOUR) return twoUnits(seconds, [MINUTE, "min"], [SECOND, "s"]);
  return twoUnits(Math.round(whole / MINUTE) * MINUTE, [HOUR, "h"], [MINUTE, "min"]);
}

type Unit = readonly [ms: number, name: string];

function twoUnits(ms: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const first = `${Math.floor(ms / large)} ${largeName}`;
  const rest = Math.floor((ms % large) / small);
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

/** The time of day in UTC, to the millisecond: `15:04:05.123`. */
export function formatClock(time: Date): string {
  return time.toISOString().slice(11, 23);
}
