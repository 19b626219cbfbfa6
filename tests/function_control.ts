import { z } from "zod";
import { until } from "./until.ts";

const functionState = z.object({
  name: z.string(),
  state: z.string(),
  pid: z.int().nullable(),
  boots: z.int(),
  busy: z.int(),
});

/** What the runner tells of a function. */
export type FunctionState = z.infer<typeof functionState>;

/** What an operator, or a mishap, does to the function `workflow-cron` from outside. */
export class FunctionControl {
  readonly #adminUrl: string;

  constructor(adminUrl: string) {
    this.#adminUrl = adminUrl;
  }

  async state(): Promise<FunctionState> {
    const response = await fetch(`${this.#adminUrl}/functions`);
    const all = z.array(functionState).parse(await response.json());
    const found = all.find(({ name }) => name === "workflow-cron");
    if (found === undefined) throw new Error("Cannot find the function workflow-cron");
    return found;
  }

  /** Ends its processes at once, as a crash would; the next request boots a new one. */
  kill(): Promise<void> {
    return this.#command("kill");
  }

  /** Switches it off: requests are answered with 503. */
  stop(): Promise<void> {
    return this.#command("stop");
  }

  start(): Promise<void> {
    return this.#command("start");
  }

  /** Ends its processes after `beforeunload`, as a new deployment does. */
  restart(): Promise<void> {
    return this.#command("restart");
  }

  setColdStart(ms: number): Promise<void> {
    return this.#command("cold-start", { ms });
  }

  /** Sets secrets, null removes; the function is restarted with them. */
  async setSecrets(changes: Record<string, string | null>): Promise<void> {
    await post(`${this.#adminUrl}/secrets`, changes);
  }

  /** Waits until no request and no background work is under way. */
  async untilIdle(): Promise<void> {
    await until("the function to be idle", async () => (await this.state()).busy === 0);
  }

  #command(verb: string, body: unknown = {}): Promise<void> {
    return post(`${this.#adminUrl}/functions/workflow-cron/${verb}`, body);
  }
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot command "${url}": ${response.status} ${text}`);
}
