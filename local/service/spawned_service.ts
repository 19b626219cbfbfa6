import { TextLineStream } from "@std/streams/text_line_stream.js";

const READY_TIMEOUT_MS = 20_000;

/** A process of the local stack that a test started. */
export interface SpawnedService extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** What it has written so far, line by line. */
  readonly lines: readonly string[];
  /** Resolves with the first line, past or to come, that matches. */
  line(pattern: RegExp): Promise<string>;
  /** Sends a signal and resolves with the exit code. */
  stop(signal?: Deno.Signal): Promise<number>;
}

/** Finds a TCP port that is free at this moment. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Starts a process of the stack on a free port and waits until it answers its health check. */
export async function spawnService(
  main: string,
  env: Record<string, string>,
): Promise<SpawnedService> {
  const port = freePort();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", main],
    env: { ...env, LOCAL_PORT: String(port) },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = new Output();
  const read = Promise.all([output.read(process.stdout), output.read(process.stderr)]);
  const stop = async (signal: Deno.Signal = "SIGTERM") => {
    send(process, signal);
    const { code } = await process.status;
    await read;
    return code;
  };
  const url = `http://127.0.0.1:${port}`;
  await waitUntilHealthy(url, process, output);
  return {
    url,
    pid: process.pid,
    lines: output.lines,
    line: (pattern) => output.line(pattern),
    stop,
    [Symbol.asyncDispose]: async () => void await stop(),
  };
}

/** The lines that a process has written, and those who wait for one. */
class Output {
  readonly lines: string[] = [];
  #waiting: { pattern: RegExp; resolve: (line: string) => void }[] = [];

  async read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const lines = stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    for await (const line of lines) this.#add(line);
  }

  line(pattern: RegExp): Promise<string> {
    const past = this.lines.find((line) => pattern.test(line));
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve) => this.#waiting.push({ pattern, resolve }));
  }

  #add(line: string): void {
    this.lines.push(line);
    this.#waiting = this.#waiting.filter(({ pattern, resolve }) => {
      if (!pattern.test(line)) return true;
      resolve(line);
      return false;
    });
  }
}

async function waitUntilHealthy(
  url: string,
  process: Deno.ChildProcess,
  output: Output,
): Promise<void> {
  const ended = process.status.then(() => {
    throw new Error(`Process ended before it was ready:\n${output.lines.join("\n")}`);
  });
  await Promise.race([ended, pollHealth(url)]);
  ended.catch(() => {});
}

async function pollHealth(url: string): Promise<void> {
  for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline;) {
    const response = await fetch(`${url}/_local/health`).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Process at "${url}" is not ready after ${READY_TIMEOUT_MS} ms`);
}

function send(process: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    process.kill(signal);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
