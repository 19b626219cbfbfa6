import { tz } from "@date-fns/tz";
import { format, isValid, parseISO, toDate } from "date-fns";
import type { Json } from "../_shared/contract/json.ts";
import type { FilterName } from "../_shared/contract/template.ts";

type Argument = string | number | undefined;

/** Changes a value; throws an error whose message completes "Cannot apply filter …: ". */
type FilterFunction = (value: Json, first: Argument, second: Argument) => Json;

/**
 * The filters of a template. All but `default` and `json` leave null alone, so that a value that
 * is missing stays missing for `required`.
 *
 * | filter | arguments | gives |
 * | --- | --- | --- |
 * | `default` | value | the argument in place of null and "" |
 * | `date` | pattern `'yyyy-MM-dd'`, time zone `'UTC'` | a time as text, by Unicode's patterns; a time without an offset is wall time and stays as it is |
 * | `number` | decimals, locale | without arguments a JSON number; with decimals a text such as `1234.50`; with a locale too `1,234.50` |
 * | `upper`, `lower` | | a text in capitals, in small letters |
 * | `join` | separator `', '` | a list as text |
 * | `json` | | the value as JSON text |
 */
export const filters: Readonly<Record<FilterName, FilterFunction>> = {
  default: (value, fallback) => value === null || value === "" ? fallback ?? null : value,
  date: unlessNull((value, pattern = "yyyy-MM-dd", zone = "UTC") =>
    formatDate(value, String(pattern), String(zone))
  ),
  number: unlessNull((value, decimals, locale) => formatNumber(value, decimals, locale)),
  upper: unlessNull((value) => textOf(value).toUpperCase()),
  lower: unlessNull((value) => textOf(value).toLowerCase()),
  join: unlessNull((value, separator = ", ") => {
    if (!Array.isArray(value)) throw new TypeError(`${JSON.stringify(value)} is not a list`);
    return value.map(renderText).join(String(separator));
  }),
  json: (value) => JSON.stringify(value),
};

/** A value inside a text: texts as they are, null as nothing, all else as JSON. */
export function renderText(value: Json): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function unlessNull(apply: FilterFunction): FilterFunction {
  return (value, first, second) => value === null ? null : apply(value, first, second);
}

function textOf(value: Json): string {
  if (typeof value === "object") throw new TypeError(`${JSON.stringify(value)} is not a text`);
  return String(value);
}

function formatDate(value: Json, pattern: string, zone: string): string {
  if (typeof value !== "string" && typeof value !== "number") {
    throw new TypeError(`${JSON.stringify(value)} is not a time`);
  }
  if (!isTimeZone(zone)) throw new RangeError(`"${zone}" is not an IANA time zone`);
  const options = { in: tz(zone) };
  const date = typeof value === "number" ? toDate(value, tz(zone)) : parseISO(value, options);
  if (!isValid(date)) throw new RangeError(`${JSON.stringify(value)} is not a time`);
  return format(date, pattern, options);
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function formatNumber(value: Json, decimals: Argument, locale: Argument): Json {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) {
    throw new TypeError(`${JSON.stringify(value)} is not a number`);
  }
  if (decimals === undefined) return number;
  const digits = Number(decimals);
  return new Intl.NumberFormat(locale === undefined ? "en" : String(locale), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: locale !== undefined,
  }).format(number);
}
