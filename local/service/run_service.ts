import type { Log } from "./log.ts";
import { outliveLostConnections } from "./lost_connections.ts";

/** A process of the local stack: what it answers and what it does when it ends. */
export interface Service {
  readonly log: Log;
  readonly port: number;
  readonly handle: (request: Request) => Response | Promise<Response>;
  /** Runs when a connection to Postgres broke so that its queries get no answer. */
  readonly onConnectionLost?: () => void;
  /** Runs once, after the last request was answered. */
  readonly close?: () => Promise<void>;
}

/**
 * Serves on the loopback interface until SIGTERM or SIGINT, then ends the process.
 *
 * `GET /_local/health` answers 200 as soon as the port is open.
 */
export async function runService(service: Service): Promise<never> {
  outliveLostConnections(service.log, service.onConnectionLost);
  const signal = endSignal();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: service.port,
    onListen: ({ port }) => service.log("listening", { port }),
    onError: (error) => unexpected(service.log, error),
  }, (request) => isHealthCheck(request) ? Response.json({ ok: true }) : service.handle(request));
  service.log("stopping", { signal: await signal });
  await closeServer(server);
  await service.close?.();
  service.log("stopped");
  Deno.exit(0);
}

function isHealthCheck(request: Request): boolean {
  return request.method === "GET" && new URL(request.url).pathname === "/_local/health";
}

function endSignal(): Promise<Deno.Signal> {
  const { promise, resolve } = Promise.withResolvers<Deno.Signal>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => resolve(signal));
  }
  return promise;
}

/** Waits for requests under way, but no longer than two seconds. */
async function closeServer(server: Deno.HttpServer): Promise<void> {
  let timer;
  const patience = new Promise<void>((resolve) => timer = setTimeout(resolve, 2000));
  await Promise.race([server.shutdown(), patience]);
  clearTimeout(timer);
}

function unexpected(log: Log, error: unknown): Response {
  const message = error instanceof Error ? error.message : String(error);
  log("error", { message });
  return Response.json({ message: "Internal server error" }, { status: 500 });
}
