import { assertEquals } from "@std/assert";

/** What a page writes in the place of an id or a time that is another one each time. */
const ANYTHING = "…";

/**
 * Makes sure that a page shows what an example came to. Where the page has "…", anything may stand.
 *
 * @param line The line of the page, which the failure names.
 */
export function assertSays(actual: unknown, page: unknown, line: number): void {
  assertEquals(hideWhatVaries(actual, page), page, `Line ${line} of the page says otherwise`);
}

/** The value with "…" wherever the page has it. */
function hideWhatVaries(actual: unknown, page: unknown): unknown {
  if (page === ANYTHING) return actual === undefined ? actual : ANYTHING;
  if (typeof page === "string" && typeof actual === "string") {
    return fits(actual, page) ? page : actual;
  }
  if (Array.isArray(page) && Array.isArray(actual)) {
    return actual.map((item, index) => hideWhatVaries(item, page[index]));
  }
  if (isObject(page) && isObject(actual)) {
    return Object.fromEntries(
      Object.entries(actual).map(([key, value]) => [key, hideWhatVaries(value, page[key])]),
    );
  }
  return actual;
}

function fits(text: string, page: string): boolean {
  const parts = page.split(ANYTHING).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".+")}$`, "s").test(text);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
