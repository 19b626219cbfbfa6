import { TextLineStream } from "@std/streams/text_line_stream.js";
import { z } from "zod";
import { workerDied } from "./platform_answers.ts";

const BOOT_TIMEOUT_MS = 10_000;
const END_NOTICE_MS = 1000;

const runtimeEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("listening"), port: z.number() }),
  z.object({ type: z.literal("pending"), count: z.number() }),
]);

/** Why a process is asked to end, as `beforeunload` tells the function. */
export type UnloadReason = "early_drop" | "wall_clock" | "termination";

/** Starts a process; the token marks what its runtime reports on stdout. */
export type Spawn = (token: string) => Promise<Deno.ChildProcess>;

/** One process of a function: boots, answers requests, ends. */
export class Isolate {
  /** Resolves when the function listens, rejects when it fails to. */
  readonly ready: Promise<void>;
  /** Resolves when the process has ended, or never came up. */
  readonly exited: Promise<void>;
  #token = crypto.randomUUID();
  #output: (line: string) => void;
  #listening = Promise.withResolvers<number>();
  #process: Deno.ChildProcess | null = null;
  #commands: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>> | null = null;
  #port = 0;
  #requests = 0;
  #pending = 0;
  #killed = false;
  #whenIdle: (() => void)[] = [];

  constructor(spawn: Spawn, output: (line: string) => void) {
    this.#output = output;
    const started = this.#start(spawn);
    this.exited = started.then((process) => process.status).then(
      () => this.#end(),
      (error) => this.#end(String(error)),
    );
    this.ready = this.#boot();
    this.ready.catch(() => {});
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** Whether the function has begun to listen. */
  get listening(): boolean {
    return this.#port !== 0;
  }

  /** Requests under way and promises given to `EdgeRuntime.waitUntil`. */
  get busy(): number {
    return this.#requests + this.#pending;
  }

  /** Passes a request on; a process that dies before its answer gives the platform's 546. */
  async fetch(request: Request): Promise<Response> {
    this.#requests++;
    try {
      const response = await fetch(this.#addressOf(request), {
        method: request.method,
        headers: request.headers,
        body: request.body,
        redirect: "manual",
      });
      return this.#counted(response);
    } catch {
      await this.#noticeEnd();
      this.#release();
      return workerDied();
    }
  }

  /** Resolves when nothing is under way, or the process has ended. */
  idle(): Promise<void> {
    if (this.busy === 0) return Promise.resolve();
    const idle = new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    return Promise.race([idle, this.exited]);
  }

  /** Dispatches `beforeunload`; the process ends once its work has. */
  async unload(reason: UnloadReason): Promise<void> {
    const command = new TextEncoder().encode(`${JSON.stringify({ unload: reason })}\n`);
    await this.#commands?.write(command).catch(() => {});
  }

  /** Ends the process at once, without a word to it. */
  kill(): void {
    this.#killed = true;
    try {
      this.#process?.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async #start(spawn: Spawn): Promise<Deno.ChildProcess> {
    const process = await spawn(this.#token);
    this.#process = process;
    this.#commands = process.stdin.getWriter();
    void this.#read(process.stdout);
    void this.#read(process.stderr);
    if (this.#killed) this.kill();
    return process;
  }

  async #boot(): Promise<void> {
    const timer = setTimeout(() => {
      this.#listening.reject(new Error("Function does not listen"));
      this.kill();
    }, BOOT_TIMEOUT_MS);
    try {
      this.#port = await this.#listening.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #end(error?: string): void {
    if (error) this.#output(error);
    this.#commands?.close().catch(() => {});
    this.#listening.reject(new Error("Function ended before it listened"));
  }

  async #read(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const lines = output.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    for await (const line of lines) this.#readLine(line);
  }

  #readLine(line: string): void {
    const [text = "", event] = line.split(`${this.#token} `);
    if (text !== "" || event === undefined) this.#output(text);
    if (event !== undefined) this.#observe(runtimeEvent.parse(JSON.parse(event)));
  }

  #observe(event: z.infer<typeof runtimeEvent>): void {
    if (event.type === "listening") return this.#listening.resolve(event.port);
    this.#pending = event.count;
    this.#notifyIdle();
  }

  #addressOf(request: Request): string {
    const { pathname, search } = new URL(request.url);
    return `http://127.0.0.1:${this.#port}${pathname}${search}`;
  }

  /** The same answer, counted as under way until its body has ended or nobody wants it. */
  #counted(response: Response): Response {
    if (!response.body) {
      this.#release();
      return response;
    }
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    response.body.pipeTo(writable).catch(() => {}).finally(() => this.#release());
    const { status, statusText, headers } = response;
    return new Response(readable, { status, statusText, headers });
  }

  /** A broken connection is seen before the end of the process: waits for it, but not for long. */
  async #noticeEnd(): Promise<void> {
    let timer;
    const patience = new Promise<void>((resolve) => timer = setTimeout(resolve, END_NOTICE_MS));
    await Promise.race([this.exited, patience]);
    clearTimeout(timer);
  }

  #release(): void {
    this.#requests--;
    this.#notifyIdle();
  }

  #notifyIdle(): void {
    if (this.busy === 0) this.#whenIdle.splice(0).forEach((resolve) => resolve());
  }
}
