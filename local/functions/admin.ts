import { z } from "zod";
import type { EdgeFunction } from "./edge_function.ts";
import type { FunctionRunner } from "./runner.ts";
import { secretChanges } from "./secrets.ts";

const coldStart = z.object({ ms: z.number().int().min(0).max(60_000) });

/** Does one thing to a function, told by the request. */
type Command = (target: EdgeFunction, request: Request) => Promise<Response | void>;

/** Answers the runner's admin API: what an operator or a test does to functions from outside. */
export function createAdmin(runner: FunctionRunner): (request: Request) => Promise<Response> {
  const commands = createCommands(runner);
  return async (request) => {
    const [, resource, name, verb, ...rest] = new URL(request.url).pathname.split("/");
    if (rest.length > 0) return notFound();
    if (resource === "secrets" && request.method === "POST") return await set(runner, request);
    if (resource !== "functions") return notFound();
    if (name === undefined && request.method === "GET") return await list(runner);
    const command = commands[verb ?? ""];
    const target = name === undefined ? null : await runner.find(name);
    if (!command || !target || request.method !== "POST") return notFound();
    return await command(target, request) ?? Response.json(target.state);
  };
}

function createCommands(runner: FunctionRunner): Record<string, Command> {
  return {
    kill: (target) => target.kill(),
    stop: (target) => target.stop(),
    start: async (target) => {
      if (!await target.start()) return Response.json(target.state, { status: 503 });
    },
    restart: async (target) => {
      await runner.cache(target.state.name);
      await target.restart();
    },
    "cold-start": async (target, request) => {
      const input = coldStart.safeParse(await readJson(request));
      if (!input.success) return invalid(input.error);
      target.coldStartMs = input.data.ms;
    },
  };
}

async function list(runner: FunctionRunner): Promise<Response> {
  const functions = await runner.list();
  return Response.json(functions.map((each) => each.state));
}

async function set(runner: FunctionRunner, request: Request): Promise<Response> {
  const changes = secretChanges.safeParse(await readJson(request));
  if (!changes.success) return invalid(changes.error);
  runner.secrets.apply(changes.data);
  await runner.restart();
  return new Response(null, { status: 204 });
}

async function readJson(request: Request): Promise<unknown> {
  return await request.json().catch(() => undefined);
}

function invalid(error: z.ZodError): Response {
  return Response.json({ message: z.prettifyError(error) }, { status: 400 });
}

function notFound(): Response {
  return Response.json({ message: "No such function or command" }, { status: 404 });
}
