/**
 * Lengths of time as Postgres reads them, for handlers that do something before the engine looks at
 * them: what it cannot read is to be found out before anybody gets a mail or a call.
 *
 * @see https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-INTERVAL-INPUT
 * @module
 */
import { waitInterval } from "../_shared/contract/wait.ts";

const MICROSECOND = 0.001;
const MILLISECOND = 1;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** As long as Postgres says when it compares. */
const MONTH = 30 * DAY;
const YEAR = 12 * MONTH;

const LONGEST = 10 * YEAR;

/** In milliseconds. */
const UNITS: ReadonlyMap<string, number> = new Map(([
  [MICROSECOND, "us usec usecs usecond useconds microsecond microseconds"],
  [MILLISECOND, "ms msec msecs msecond mseconds millisecond milliseconds"],
  [SECOND, "s sec secs second seconds"],
  [MINUTE, "m min mins minute minutes"],
  [HOUR, "h hr hrs hour hours"],
  [DAY, "d day days"],
  [7 * DAY, "w week weeks"],
  [MONTH, "mon mons month months"],
  [YEAR, "y yr yrs year years"],
  [10 * YEAR, "dec decs decade decades"],
] satisfies [number, string][]).flatMap(([ms, names]) =>
  names.split(" ").map((name): [string, number] => [name, ms])
));

/** What Postgres takes for a blank. */
const BLANK = String.raw`[ \t\n\v\f\r]`;
const NUMBER = String.raw`[+-]?\d+(?:\.\d+)?`;
/** The units that a number may follow at once: to Postgres, any other begins a date. */
const GLUED = String.raw`(?<=(?:\d|${BLANK})(?:d|dec|h|m|mon|s|y))(?=[+\d])`;
const QUANTITIES = new RegExp(
  String.raw`(${NUMBER})${BLANK}*([a-z]+)(?:(?:${BLANK}|,)+|$|${GLUED})`,
  "gy",
);
/** All before an "ago" that follows a unit or a time: after a number it would be its unit. */
const WORDS = new RegExp(
  String.raw`^${BLANK}*@?${BLANK}*(.*?)((?<=[a-z,]|:[\d.:]+)${BLANK}+ago)?${BLANK}*$`,
  "s",
);
const CLOCK = /^([+-]?)(\d+):([0-5]?\d)(?::((?:[0-5]?\d|60)(?:\.\d+)?))?$/;
const ISO_NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const ISO = new RegExp(
  String.raw`^P(?=.)(${ISO_NUMBER}Y)?(${ISO_NUMBER}M)?(${ISO_NUMBER}W)?(${ISO_NUMBER}D)?` +
    String.raw`(?:T(?=.)(${ISO_NUMBER}H)?(${ISO_NUMBER}M)?(${ISO_NUMBER}S)?)?$`,
);
const ISO_UNITS = [YEAR, MONTH, 7 * DAY, DAY, HOUR, MINUTE, SECOND];

/** A length of time from none to ten years. */
export const lengthOfTime = waitInterval.refine((text) => {
  const ms = readLength(text);
  return ms !== undefined && ms >= 0 && ms <= LONGEST;
}, { error: 'Expected a length of time such as "15 minutes" or "PT15M"' });

/** The same, of a minute at least. */
export const minutes = lengthOfTime.refine((text) => (readLength(text) ?? MINUTE) >= MINUTE, {
  error: "Expected a minute or more",
});

/** A length of time in milliseconds, or nothing if it is none. */
export function readLength(text: string): number | undefined {
  return readIso(text) ?? readWords(text.toLowerCase());
}

function readIso(text: string): number | undefined {
  const parts = ISO.exec(text)?.slice(1);
  return parts?.reduce((sum, part, index) => {
    return sum + (part === undefined ? 0 : parseFloat(part)) * (ISO_UNITS[index] ?? 0);
  }, 0);
}

/** A part of a length of time. */
interface Part {
  readonly ms: number;
  /** The units that it sets, by their lengths: Postgres lets each be set once. */
  readonly units: readonly number[];
}

/** Quantities with their units, then a time such as 01:30 or a number of seconds. */
function readWords(text: string): number | undefined {
  const [, words = "", ago] = WORDS.exec(text) ?? [];
  const quantities = [...words.matchAll(QUANTITIES)];
  const rest = words.slice(quantities.reduce((end, [part]) => end + part.length, 0));
  const ms = sumOf([
    ...quantities.map(([, quantity, unit = ""]) => readQuantity(Number(quantity), UNITS.get(unit))),
    ...(rest === "" && quantities.length > 0 ? [] : [readRest(rest)]),
  ]);
  return ms === undefined || ago === undefined ? ms : -ms;
}

function sumOf(parts: readonly (Part | undefined)[]): number | undefined {
  const read = parts.filter((part) => part !== undefined);
  const units = read.flatMap((part) => part.units);
  if (read.length < parts.length || new Set(units).size < units.length) return undefined;
  return read.reduce((sum, { ms }) => sum + ms, 0);
}

/** What has a fraction of a second sets all below it, too. */
function readQuantity(quantity: number, unit: number | undefined): Part | undefined {
  if (unit === undefined) return undefined;
  const isPartial = unit === SECOND && !Number.isInteger(quantity);
  const units = isPartial ? [SECOND, MILLISECOND, MICROSECOND] : [unit];
  return { ms: quantity * unit, units };
}

function readRest(text: string): Part | undefined {
  if (new RegExp(`^${NUMBER}$`).test(text)) return readQuantity(Number(text), SECOND);
  const [, sign, hours, minutes, seconds] = CLOCK.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const ms = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds ?? 0) * SECOND;
  const units = [HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND];
  return { ms: sign === "-" ? -ms : ms, units };
}
