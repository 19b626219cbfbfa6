/** An application on this machine. */
export interface Application extends AsyncDisposable {
  readonly url: string;
}

/** Serves an application, as long as it is used. */
export function serveApplication(
  handle: (request: Request) => Response | Promise<Response>,
): Application {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handle);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
