import { z } from "zod";
import type { Log } from "../service/log.ts";
import type { Mailbox } from "./mailbox.ts";
import { renderList, renderMessage } from "./page.ts";
import { receiveResend } from "./resend.ts";
import { endpointScript, ScriptedEndpoint } from "./scripted_endpoint.ts";
import { rule, ScriptedAnswers } from "./scripted_answers.ts";
import { receiveSendgrid } from "./sendgrid.ts";

/** A route's answer; the parameter is what stands in the path after the route. */
type Route = (request: Request, parameter: string) => Response | Promise<Response>;

/** Answers mail providers' APIs, the inbox's own API and page, and scripted endpoints. */
export function createApp(mailbox: Mailbox, log: Log): (request: Request) => Promise<Response> {
  const script = new ScriptedAnswers();
  const routes: Record<string, Route> = {
    "POST /resend/emails": (request) => receiveResend(request, mailbox, script),
    "POST /sendgrid/v3/mail/send": (request) => receiveSendgrid(request, mailbox, script),
    ...mailRoutes(mailbox),
    ...ruleRoutes(script),
    ...endpointRoutes(),
  };
  return async (request) => {
    const response = await dispatch(routes, request);
    const { pathname: path } = new URL(request.url);
    log("request", { method: request.method, path, status: response.status });
    return response;
  };
}

async function dispatch(routes: Record<string, Route>, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const exact = routes[`${request.method} ${pathname}`];
  if (exact) return await exact(request, "");
  const [, folder, parameter] = /^(.*\/)([^/]+)$/.exec(pathname) ?? [];
  const below = routes[`${request.method} ${folder}*`] ?? routes[`* ${folder}*`];
  if (!below || parameter === undefined) return notFound();
  return await below(request, decodeURIComponent(parameter));
}

function mailRoutes(mailbox: Mailbox): Record<string, Route> {
  return {
    "GET /": () => renderList(mailbox.list()),
    "GET /messages/*": (_, id) => {
      const message = mailbox.get(id);
      return message ? renderMessage(message) : notFound();
    },
    "GET /api/messages": (request) => {
      const to = new URL(request.url).searchParams.get("to") ?? undefined;
      return Response.json(mailbox.list(to));
    },
    "DELETE /api/messages": () => {
      mailbox.clear();
      return done();
    },
  };
}

function ruleRoutes(script: ScriptedAnswers): Record<string, Route> {
  return {
    "GET /_local/rules": () => Response.json(script.list()),
    "POST /_local/rules": (request) => withBody(request, rule, (added) => script.add(added)),
    "DELETE /_local/rules": () => {
      script.clear();
      return done();
    },
  };
}

function endpointRoutes(): Record<string, Route> {
  const endpoints = new Map<string, ScriptedEndpoint>();
  const find = (name: string) => {
    const endpoint = endpoints.get(name) ?? new ScriptedEndpoint();
    endpoints.set(name, endpoint);
    return endpoint;
  };
  return {
    "* /endpoint/*": (request, name) => find(name).answer(request),
    "GET /_local/endpoint/*": (_, name) => Response.json(find(name).requests),
    "POST /_local/endpoint/*": (request, name) =>
      withBody(request, endpointScript, (script) => find(name).setScript(script)),
    "DELETE /_local/endpoint/*": (_, name) => {
      endpoints.delete(name);
      return done();
    },
  };
}

async function withBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  use: (body: z.infer<Schema>) => void,
): Promise<Response> {
  const body = schema.safeParse(await request.json().catch(() => undefined));
  if (!body.success) {
    return Response.json({ message: z.prettifyError(body.error) }, { status: 400 });
  }
  use(body.data);
  return done();
}

function done(): Response {
  return new Response(null, { status: 204 });
}

function notFound(): Response {
  return Response.json({ message: "Not found" }, { status: 404 });
}
