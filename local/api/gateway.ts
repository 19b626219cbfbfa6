import type { Log } from "../service/log.ts";

/** The parts that a project's API address leads to. */
export interface Upstreams {
  readonly dataApi: (request: Request) => Promise<Response>;
  readonly functions: (request: Request) => Promise<Response>;
  readonly reload: () => Promise<void>;
}

/** Routes a request as the platform's gateway does, and logs it. */
export function createGateway(
  upstreams: Upstreams,
  log: Log,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const started = performance.now();
    const response = await route(request, upstreams);
    log("request", {
      method: request.method,
      path: new URL(request.url).pathname,
      status: response.status,
      ms: Math.round(performance.now() - started),
    });
    return response;
  };
}

async function route(request: Request, upstreams: Upstreams): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (isBelow(pathname, "/functions/v1")) return await upstreams.functions(request);
  if (isBelow(pathname, "/rest/v1") || isBelow(pathname, "/auth/v1")) {
    return await upstreams.dataApi(request);
  }
  if (pathname === "/_local/reload" && request.method === "POST") {
    await upstreams.reload();
    return new Response(null, { status: 204 });
  }
  return Response.json({ message: "no Route matched with those values" }, { status: 404 });
}

function isBelow(pathname: string, prefix: string): boolean {
  return pathname === prefix || pathname.startsWith(`${prefix}/`);
}
