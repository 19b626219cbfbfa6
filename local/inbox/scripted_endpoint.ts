import { z } from "zod";

const answer = z.object({
  status: z.number().int().min(200).max(599),
  body: z.json().optional(),
  headers: z.record(z.string(), z.string()).default({}),
});

/** What an application's endpoint is to answer, in order; the last answer repeats. */
export const endpointScript = z.object({
  answers: z.array(answer).min(1),
  delay_ms: z.number().int().min(0).max(600_000).default(0),
});

type Script = z.infer<typeof endpointScript>;

/** A request that an endpoint has received. */
export interface RecordedRequest {
  readonly received_at: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly status: number;
}

const UNSCRIPTED: Script = endpointScript.parse({ answers: [{ status: 200, body: { ok: true } }] });

/** An application's endpoint that answers by script and remembers what it was sent. */
export class ScriptedEndpoint {
  #script = UNSCRIPTED;
  #next = 0;
  #requests: RecordedRequest[] = [];

  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  /** Begins a new script; what was recorded stays. */
  setScript(script: Script): void {
    this.#script = script;
    this.#next = 0;
  }

  async answer(request: Request): Promise<Response> {
    const received_at = new Date().toISOString();
    const body = await request.text();
    const { status, body: answerBody, headers } = this.#take();
    this.#requests.push({
      received_at,
      method: request.method,
      headers: Object.fromEntries(request.headers),
      body,
      status,
    });
    await delay(this.#script.delay_ms);
    if (answerBody === undefined) return new Response(null, { status, headers });
    return Response.json(answerBody, { status, headers });
  }

  #take(): Script["answers"][number] {
    const { answers } = this.#script;
    const taken = answers[Math.min(this.#next, answers.length - 1)];
    if (!taken) throw new RangeError("Cannot answer: the script is empty");
    this.#next++;
    return taken;
  }
}

function delay(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
