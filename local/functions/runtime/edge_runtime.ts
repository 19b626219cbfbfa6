/**
 * Loaded into each function's process before the function itself: gives it what the platform's
 * runtime has and plain Deno lacks.
 *
 * - `EdgeRuntime.waitUntil` keeps the process alive while a promise is pending.
 * - `Deno.serve` listens where the runner looks, whatever port the function asks for.
 * - `beforeunload` is dispatched with `detail.reason` before the process ends.
 *
 * The runner sends commands on stdin, a JSON object a line, and ends its pipe when it dies. Events
 * go to stdout, marked with a token that nothing else writes. This module imports nothing, so that
 * a function's own import map cannot change it.
 */

const token = Deno.env.get("LOCAL_CONTROL_TOKEN");
const UNKNOWN_TO_HOSTED = [
  "LOCAL_CONTROL_TOKEN",
  "DENO_DIR",
  "DENO_NODE_SHIM_ACTIVE",
  "DENO_NO_PACKAGE_JSON",
  "DENO_NO_UPDATE_CHECK",
  "PATH",
];
for (const name of UNKNOWN_TO_HOSTED) Deno.env.delete(name);

const nativeServe = Deno.serve;
const servers: Deno.HttpServer[] = [];
const pending = new Set<Promise<unknown>>();
let unloading = false;

type Handler = Deno.ServeHandler<Deno.NetAddr>;
type Options = Deno.ServeTcpOptions & { handler?: Handler };

function report(event: Record<string, unknown>): void {
  const line = new TextEncoder().encode(`${token} ${JSON.stringify(event)}\n`);
  for (let written = 0; written < line.length;) {
    written += Deno.stdout.writeSync(line.subarray(written));
  }
}

function waitUntil<T>(promise: Promise<T>): Promise<T> {
  const settled = Promise.resolve(promise).then(
    () => {},
    (error) => console.error("Unhandled error in EdgeRuntime.waitUntil:", error),
  ).finally(() => {
    pending.delete(settled);
    report({ type: "pending", count: pending.size });
  });
  pending.add(settled);
  report({ type: "pending", count: pending.size });
  return promise;
}

function serve(first: Options | Handler, second?: Handler): Deno.HttpServer<Deno.NetAddr> {
  const options = typeof first === "function" ? {} : first;
  const handler = typeof first === "function" ? first : second ?? first.handler;
  if (!handler) throw new TypeError("Cannot serve HTTP requests: a handler must be given");
  const server = nativeServe({
    ...options,
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => report({ type: "listening", port }),
  }, handler);
  if (servers.push(server) === 1) void obey();
  return server;
}

async function unload(reason: string): Promise<void> {
  if (unloading) return;
  unloading = true;
  globalThis.dispatchEvent(new CustomEvent("beforeunload", { detail: { reason } }));
  await Promise.all(servers.map((server) => server.shutdown()));
  while (pending.size > 0) await Promise.all(pending);
  Deno.exit(0);
}

/** Begins with the first server: Deno waits for a preloaded module's work before it goes on. */
async function obey(): Promise<never> {
  let buffer = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = `${buffer}${text}`.split("\n");
    buffer = lines.pop() ?? "";
    for (const line of lines) void unload(JSON.parse(line).unload);
  }
  Deno.exit(1);
}

Object.defineProperty(Deno, "serve", { value: serve, configurable: true, writable: true });
Object.defineProperty(globalThis, "EdgeRuntime", { value: { waitUntil } });
Deno.addSignalListener("SIGTERM", () => void unload("termination"));
Deno.addSignalListener("SIGINT", () => {});
