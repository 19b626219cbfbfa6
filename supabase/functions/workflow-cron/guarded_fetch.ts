import { type AddressRules, checkAddress } from "./address.ts";

/** The largest body that is read, in bytes, unless a caller says otherwise. */
export const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

/** An answer's body is larger than what is read. No retry mends it. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

/** A call got no answer: refused, reset, not resolved, or too slow. Another attempt may get one. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Like `fetch`, for addresses that a definition or a record named. */
export type GuardedFetch = (url: string, init?: RequestInit) => Promise<Response>;

/** What a guarded fetch stands on. */
export interface GuardedFetchOptions {
  readonly fetch: typeof fetch;
  readonly rules: AddressRules;
  /** Ends the call and the reading of its body: the attempt's deadline or stop. */
  readonly signal: AbortSignal;
  readonly largestBodyBytes?: number;
}

/**
 * A `fetch` that calls public https addresses only, follows no redirect, ends with the attempt,
 * and reads no more than a set number of bytes.
 *
 * @throws {AddressRefused} From the call, if the address may not be called.
 * @throws {NoAnswer} From the call, if there is no answer.
 * @throws {BodyTooLarge} From reading the body.
 */
export function guardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const largest = options.largestBodyBytes ?? LARGEST_BODY_BYTES;
  return async (address, init = {}) => {
    const url = await checkAddress(address, options.rules);
    const signals = init.signal ? [options.signal, init.signal] : [options.signal];
    const signal = AbortSignal.any(signals);
    const response = await options.fetch(url, { ...init, redirect: "manual", signal })
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        throw new NoAnswer(`"${url.origin}${url.pathname}" did not answer: ${reason}`, {
          cause: error,
        });
      });
    if (response.body === null) return response;
    const { status, statusText, headers } = response;
    const body = response.body.pipeThrough(capped(url, largest));
    return new Response(body, { status, statusText, headers });
  };
}

function capped(url: URL, largest: number): TransformStream<Uint8Array, Uint8Array> {
  let read = 0;
  return new TransformStream({
    transform(chunk, controller) {
      read += chunk.byteLength;
      if (read > largest) {
        throw new BodyTooLarge(
          `Answer of "${url.origin}${url.pathname}" is too large: at most ${largest} bytes are read`,
        );
      }
      controller.enqueue(chunk);
    },
  });
}
