import { Isolate, type Spawn } from "./isolate.ts";
import { limitLifetime } from "./lifetime.ts";
import { bootError, functionDown } from "./platform_answers.ts";

/** How long a process may take to end after `beforeunload` when it is asked to, not retired. */
const GRACE_MS = 5000;

/** What a function needs from its surroundings. */
export interface EdgeFunctionOptions {
  readonly name: string;
  readonly spawn: Spawn;
  readonly wallSeconds: number;
  readonly output: (line: string) => void;
}

/** What an operator sees of a function. */
export interface FunctionState {
  readonly name: string;
  readonly state: "down" | "stopped" | "starting" | "running";
  readonly pid: number | null;
  readonly boots: number;
  readonly requests: number;
  readonly busy: number;
  readonly cold_start_ms: number;
}

/** A function: its current process, those that are retiring, and whether it is switched off. */
export class EdgeFunction {
  coldStartMs = 0;
  #options: EdgeFunctionOptions;
  #current: Isolate | null = null;
  #isolates = new Set<Isolate>();
  #down = false;
  #boots = 0;
  #requests = 0;

  constructor(options: EdgeFunctionOptions) {
    this.#options = options;
  }

  get state(): FunctionState {
    return {
      name: this.#options.name,
      state: this.#stateName(),
      pid: this.#current?.pid ?? null,
      boots: this.#boots,
      requests: this.#requests,
      busy: [...this.#isolates].reduce((sum, isolate) => sum + isolate.busy, 0),
      cold_start_ms: this.coldStartMs,
    };
  }

  /** Answers a request, starting a process when there is none. */
  async handle(request: Request): Promise<Response> {
    this.#requests++;
    if (this.#down) return functionDown();
    const isolate = await this.#ready();
    return isolate ? await isolate.fetch(request) : bootError();
  }

  /** Switches the function on and boots it; false when it does not come up. */
  async start(): Promise<boolean> {
    this.#down = false;
    return await this.#ready() !== null;
  }

  /** Switches the function off: its processes end after `beforeunload`, requests answer 503. */
  async stop(): Promise<void> {
    this.#down = true;
    await this.#terminate();
  }

  /** Ends its processes after `beforeunload`; requests meanwhile go to a new one. */
  async restart(): Promise<void> {
    await this.#terminate();
  }

  /** Ends its processes at once, as a crash would. */
  async kill(): Promise<void> {
    this.#current = null;
    const isolates = [...this.#isolates];
    isolates.forEach((isolate) => isolate.kill());
    await Promise.all(isolates.map((isolate) => isolate.exited));
  }

  #stateName(): FunctionState["state"] {
    if (this.#down) return "down";
    if (!this.#current) return "stopped";
    return this.#current.listening ? "running" : "starting";
  }

  async #ready(): Promise<Isolate | null> {
    const isolate = this.#current ??= this.#boot();
    try {
      await isolate.ready;
      return isolate;
    } catch {
      this.#forget(isolate);
      return null;
    }
  }

  #boot(): Isolate {
    this.#boots++;
    const { spawn, output, wallSeconds } = this.#options;
    const delayed = delaySpawn(spawn, this.coldStartMs);
    const isolate = new Isolate(delayed, output);
    this.#isolates.add(isolate);
    limitLifetime(isolate, wallSeconds, () => this.#retire(isolate));
    void isolate.exited.then(() => this.#forget(isolate));
    return isolate;
  }

  async #terminate(): Promise<void> {
    this.#current = null;
    await Promise.all([...this.#isolates].map(terminate));
  }

  #retire(isolate: Isolate): void {
    if (this.#current === isolate) this.#current = null;
  }

  #forget(isolate: Isolate): void {
    this.#retire(isolate);
    this.#isolates.delete(isolate);
  }
}

async function terminate(isolate: Isolate): Promise<void> {
  const timer = setTimeout(() => isolate.kill(), GRACE_MS);
  await isolate.ready.catch(() => {});
  await isolate.unload("termination");
  await isolate.exited;
  clearTimeout(timer);
}

function delaySpawn(spawn: Spawn, ms: number): Spawn {
  if (ms === 0) return spawn;
  return async (token) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return await spawn(token);
  };
}
