/**
 * Lengths of time as Postgres reads them, for handlers that do something before the engine looks at
 * them: what it cannot read is to be found out before anybody gets a mail or a call.
 *
 * @see https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-INTERVAL-INPUT
 * @module
 */
import { waitInterval } from "../_shared/contract/wait.ts";

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
  [0.001, "us usec usecs usecond useconds microsecond microseconds"],
  [1, "ms msec msecs msecond mseconds millisecond milliseconds"],
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

const NUMBER = String.raw`[+-]?\d+(?:\.\d*)?`;
const QUANTITIES = new RegExp(String.raw`(${NUMBER})\s*([a-z]+)[\s,]*`, "gy");
const CLOCK = /^([+-]?)(\d+):([0-5]?\d)(?::((?:[0-5]?\d|60)(?:\.\d*)?))?$/;
const ISO = new RegExp(
  String.raw`^P(?=.)(${NUMBER}Y)?(${NUMBER}M)?(${NUMBER}W)?(${NUMBER}D)?` +
    String.raw`(?:T(?=.)(${NUMBER}H)?(${NUMBER}M)?(${NUMBER}S)?)?$`,
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
  return readIso(text.trim()) ?? readWords(text.trim().toLowerCase());
}

function readIso(text: string): number | undefined {
  const parts = ISO.exec(text)?.slice(1);
  return parts?.reduce((sum, part, index) => {
    return sum + (part === undefined ? 0 : parseFloat(part)) * (ISO_UNITS[index] ?? 0);
  }, 0);
}

/** Quantities with their units, then a time such as 01:30 or a number of seconds. */
function readWords(text: string): number | undefined {
  const [, words = "", ago] = /^@?\s*(.*?)(\s+ago)?$/s.exec(text) ?? [];
  let ms = 0;
  let end = 0;
  for (const [part, quantity, unit] of words.matchAll(QUANTITIES)) {
    const length = UNITS.get(unit ?? "");
    if (length === undefined) return undefined;
    ms += Number(quantity) * length;
    end += part.length;
  }
  const rest = words.slice(end);
  const restMs = rest === "" && end > 0 ? 0 : readClock(rest);
  if (restMs === undefined) return undefined;
  return ago === undefined ? ms + restMs : -ms - restMs;
}

function readClock(text: string): number | undefined {
  if (new RegExp(`^${NUMBER}$`).test(text)) return Number(text) * SECOND;
  const [, sign, hours, minutes, seconds] = CLOCK.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const ms = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds ?? 0) * SECOND;
  return sign === "-" ? -ms : ms;
}
