import { z } from "zod";

/** A row of `net.http_request_queue`. */
export const queuedRequest = z.object({
  id: z.coerce.string(),
  method: z.enum(["GET", "POST", "DELETE"]),
  url: z.string(),
  headers: z.record(z.string(), z.string().nullable()).nullable(),
  body: z.instanceof(Uint8Array).nullable(),
  timeout_ms: z.int(),
});
export type QueuedRequest = z.infer<typeof queuedRequest>;

/** A row of `net._http_response`. */
export type Reply = {
  readonly id: string;
  readonly status_code: number | null;
  readonly content_type: string | null;
  readonly headers: Record<string, string> | null;
  readonly content: string | null;
  readonly timed_out: boolean;
  readonly error_msg: string | null;
};

/** Sends one request; whatever goes wrong becomes a reply. Redirects are followed. */
export async function sendRequest(request: QueuedRequest): Promise<Reply> {
  const started = performance.now();
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: requestHeaders(request),
      body: request.body === null ? null : new Uint8Array(request.body),
      redirect: "follow",
      signal: AbortSignal.timeout(request.timeout_ms),
    });
    const content = await response.text();
    return {
      id: request.id,
      status_code: response.status,
      content_type: response.headers.get("content-type"),
      headers: Object.fromEntries(response.headers),
      content: content === "" ? null : content.replaceAll("\0", ""),
      timed_out: false,
      error_msg: null,
    };
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    return {
      id: request.id,
      status_code: null,
      content_type: null,
      headers: null,
      content: null,
      timed_out: timedOut,
      error_msg: timedOut ? timeoutSentence(request, started) : sentenceOf(error),
    };
  }
}

function requestHeaders({ headers }: QueuedRequest): Headers {
  const result = new Headers({ "user-agent": "pg_net/0.20.4" });
  for (const [name, value] of Object.entries(headers ?? {})) result.set(name, value ?? "");
  return result;
}

function timeoutSentence({ timeout_ms }: QueuedRequest, started: number): string {
  const total = (performance.now() - started).toFixed(6);
  return `Timeout of ${timeout_ms} ms reached. Total time: ${total} ms`;
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
