/** A request as a test server got it, its body read. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A real HTTP server on the loopback interface, for as long as a test runs. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
}

/** Starts a server on a free port that answers every request with `answer`, which may never end. */
export function startServer(
  answer: (request: ReceivedRequest) => Response | Promise<Response>,
): TestServer {
  const requests: ReceivedRequest[] = [];
  const closed = Promise.withResolvers<Response>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const { method, headers } = request;
      const received = { method, headers, path: pathname + search, body: await request.text() };
      requests.push(received);
      return await Promise.race([answer(received), closed.promise]);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      closed.resolve(new Response(null, { status: 503 }));
      await server.shutdown();
    },
  };
}
