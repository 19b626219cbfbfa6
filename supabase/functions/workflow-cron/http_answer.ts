import { failed, type Outcome, retry } from "./outcome.ts";

/** Answers of a client's fault that another attempt may not meet. */
const RETRIED_STATUSES = new Set([408, 409, 425, 429]);

const LONGEST_RETRY_AFTER_MS = 7 * 24 * 60 * 60 * 1000;

/** As much of an unsuccessful answer as helps to understand it, in characters. */
const LONGEST_EXCERPT = 500;

/**
 * How an attempt ends whose call was answered with anything but 2xx: 408, 409, 425, 429 and 5xx
 * are tried again, no sooner than `Retry-After` says; every other status is final, redirects too.
 */
export function outcomeOfRefusal(
  caller: string,
  response: Response,
  body: string,
  now: Date,
): Outcome<never> {
  const { status } = response;
  const excerpt = body.trim().slice(0, LONGEST_EXCERPT);
  const reason = `${caller} answered ${status}${excerpt === "" ? "" : `: ${excerpt}`}`;
  if (status >= 500 || RETRIED_STATUSES.has(status)) {
    const after = retryAfterMs(response.headers.get("retry-after"), now);
    return retry({ reason, httpStatus: status, ...(after === undefined ? {} : { after }) });
  }
  const redirect = status >= 300 && status < 400 ? " (redirects are not followed)" : "";
  return failed(`${reason}${redirect}`, { httpStatus: status });
}

/**
 * Milliseconds to wait by a `Retry-After` header, which holds seconds or an HTTP date; at most a
 * week.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const ms = /^\d+$/.test(header.trim())
    ? Number(header) * 1000
    : Date.parse(header) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms));
}

/** Whether a media type is JSON: `application/json`, `application/problem+json`, …. */
export function isJson(headers: Headers): boolean {
  return /^[\w.+-]+\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(headers.get("content-type") ?? "");
}
