/** When a job runs: every so many seconds, at minutes that match, or once at the start. */
export type Schedule =
  | { readonly kind: "interval"; readonly seconds: number }
  | { readonly kind: "minutes"; readonly matches: (minute: Date) => boolean }
  | { readonly kind: "restart" };

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const NICKNAMES: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

/**
 * Reads a schedule of pg_cron: five fields in UTC (`$` is the last day of a month), a nickname such
 * as `@daily`, `@restart`, or `[1-59] seconds`.
 *
 * @returns null when it is malformed.
 */
export function parseSchedule(text: string): Schedule | null {
  const schedule = text.trim().toLowerCase();
  const interval = /^([1-9]|[1-5][0-9])\s+seconds?$/.exec(schedule);
  if (interval !== null) return { kind: "interval", seconds: Number(interval[1]) };
  if (schedule === "@restart") return { kind: "restart" };
  const matches = parseFields(NICKNAMES.get(schedule) ?? schedule);
  return matches === null ? null : { kind: "minutes", matches };
}

function parseFields(text: string): ((minute: Date) => boolean) | null {
  const fields = text.split(/[ \t]+/);
  const [minuteField = "", hourField = "", dayField = "", monthField = "", weekdayField = ""] =
    fields;
  const minutes = parseField(minuteField, { low: 0, high: 59 });
  const hours = parseField(hourField, { low: 0, high: 23 });
  const days = dayField === "$" ? new Set<number>() : parseField(dayField, { low: 1, high: 31 });
  const months = parseField(monthField, { low: 1, high: 12, names: MONTHS });
  const weekdays = parseField(weekdayField, { low: 0, high: 7, names: DAYS });
  if (fields.length !== 5 || !minutes || !hours || !days || !months || !weekdays) return null;
  if (weekdays.has(7)) weekdays.add(0);

  // Both restricted: either day will do, as in every cron.
  const bothRestricted = !dayField.startsWith("*") && !weekdayField.startsWith("*");
  return (minute) => {
    const dayMatches = dayField === "$" ? isLastOfMonth(minute) : days.has(minute.getUTCDate());
    const weekdayMatches = weekdays.has(minute.getUTCDay());
    return minutes.has(minute.getUTCMinutes()) && hours.has(minute.getUTCHours()) &&
      months.has(minute.getUTCMonth() + 1) &&
      (bothRestricted ? dayMatches || weekdayMatches : dayMatches && weekdayMatches);
  };
}

interface FieldRange {
  readonly low: number;
  readonly high: number;
  readonly names?: readonly string[];
}

/** The values that a field stands for; null when it is malformed. */
function parseField(field: string, range: FieldRange): Set<number> | null {
  const values = new Set<number>();
  for (const item of field.split(",")) {
    const parsed = parseItem(item, range);
    if (parsed === null) return null;
    for (const value of parsed) values.add(value);
  }
  return values;
}

/** `*`, `*` and a step, one value, or a range with or without a step. */
function parseItem(item: string, range: FieldRange): number[] | null {
  const match = /^(\*|\d{1,4}|[a-z]{3})(?:-(\d{1,4}|[a-z]{3}))?(?:\/(\d{1,4}))?$/.exec(item);
  if (match === null) return null;
  const [, first = "", last, stepText] = match;
  const isRange = first === "*" || last !== undefined;
  if (first === "*" && last !== undefined || !isRange && stepText !== undefined) return null;
  const from = first === "*" ? range.low : readValue(first, range);
  const to = first === "*" ? range.high : last === undefined ? from : readValue(last, range);
  const step = Number(stepText ?? 1);
  if (from === null || to === null || from > to || step < 1 || step > range.high) return null;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
}

function readValue(word: string, { low, high, names = [] }: FieldRange): number | null {
  const index = names.indexOf(word);
  const value = index >= 0 ? index + low : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  return value >= low && value <= high ? value : null;
}

function isLastOfMonth(day: Date): boolean {
  return new Date(day.getTime() + 24 * 60 * 60 * 1000).getUTCDate() === 1;
}
