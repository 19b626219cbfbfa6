/**
 * Passes `/functions/v1/*` on to the function runner: method, headers and both bodies as streams.
 *
 * Answers 502 when the runner does not answer at all.
 */
export async function proxyToFunctions(request: Request, functionsUrl: string): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  try {
    return await fetch(new URL(`${pathname}${search}`, functionsUrl), {
      method: request.method,
      headers: forwardedHeaders(request),
      body: request.body,
      redirect: "manual",
    });
  } catch {
    return Response.json({ message: "Edge functions are not running" }, { status: 502 });
  }
}

function forwardedHeaders(request: Request): Headers {
  const headers = new Headers(request.headers);
  const { host, protocol } = new URL(request.url);
  headers.set("x-forwarded-host", host);
  headers.set("x-forwarded-proto", protocol.slice(0, -1));
  return headers;
}
