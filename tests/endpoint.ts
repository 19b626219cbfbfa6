import { z } from "zod";
import type { TestStack } from "./stack.ts";
import { uniqueName } from "./unique_name.ts";

const receivedRequest = z.object({
  received_at: z.string(),
  method: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  status: z.int(),
});

/** A request that an endpoint got, and the status that it answered. */
export type ReceivedRequest = z.infer<typeof receivedRequest>;

/** What an endpoint is to answer, one after the other; the last answer repeats. */
export interface EndpointScript {
  readonly answers: readonly {
    readonly status: number;
    readonly body?: unknown;
    readonly headers?: Record<string, string>;
  }[];
  readonly delay_ms?: number;
}

/** An application's endpoint, played by the inbox in a process of its own. */
export interface Endpoint extends AsyncDisposable {
  /** From the root of the application's URL. */
  readonly path: string;
  readonly url: string;
  requests(): Promise<ReceivedRequest[]>;
  setScript(script: EndpointScript): Promise<void>;
}

/** Makes an endpoint that answers 200 `{"ok": true}`, or by a script. */
export function createEndpoint(stack: TestStack, script?: EndpointScript): Promise<Endpoint> {
  return openEndpoint(stack, uniqueName("endpoint"), script);
}

/** The endpoint of a name that a definition has chosen, begun afresh. */
export async function openEndpoint(
  { info }: TestStack,
  name: string,
  script?: EndpointScript,
): Promise<Endpoint> {
  const path = `/endpoint/${name}`;
  const control = `${info.inbox_url}/_local/endpoint/${name}`;
  const clear = () => send(control, { method: "DELETE" });
  const endpoint: Endpoint = {
    path,
    url: `${info.inbox_url}${path}`,
    requests: async () => z.array(receivedRequest).parse(await (await fetch(control)).json()),
    setScript: (next) => send(control, { method: "POST", body: JSON.stringify(next) }),
    [Symbol.asyncDispose]: clear,
  };
  await clear();
  if (script !== undefined) await endpoint.setScript(script);
  return endpoint;
}

async function send(url: string, init: RequestInit): Promise<void> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot set up "${url}": ${response.status} ${text}`);
}
