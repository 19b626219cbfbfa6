/** A request as it arrived. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Headers;
  readonly body: string;
  readonly at: number;
}

/** An HTTP server that keeps what arrives. */
export interface ListeningServer extends AsyncDisposable {
  readonly url: string;
  readonly arrivals: Arrival[];
  /** Waits, at most ten seconds, until so many requests have arrived at paths with this prefix. */
  arrived(prefix: string, count?: number): Promise<Arrival[]>;
}

/**
 * Starts a server that the database can reach: on loopback, or, where the database is elsewhere, on
 * this machine's address given in `CONTRACT_HTTP_HOST`.
 */
export function listen(answer: (path: string) => Response | Promise<Response>): ListeningServer {
  const hostname = Deno.env.get("CONTRACT_HTTP_HOST") ?? "127.0.0.1";
  const arrivals: Arrival[] = [];
  let hear = () => {};
  const server = Deno.serve({ hostname, port: 0, onListen: () => {} }, async (request) => {
    const { pathname: path, search: query } = new URL(request.url);
    const at = performance.now();
    const body = await request.text();
    arrivals.push({ method: request.method, path, query, headers: request.headers, body, at });
    hear();
    return await answer(path);
  });
  const matching = (prefix: string) => arrivals.filter(({ path }) => path.startsWith(prefix));
  return {
    url: `http://${hostname}:${server.addr.port}`,
    arrivals,
    arrived: async (prefix, count = 1) => {
      const deadline = setTimeout(() => hear(), 10_000);
      const end = performance.now() + 9_990;
      while (matching(prefix).length < count && performance.now() < end) {
        await new Promise<void>((resolve) => hear = resolve);
      }
      clearTimeout(deadline);
      if (matching(prefix).length >= count) return matching(prefix);
      throw new Error(`Only ${matching(prefix).length} requests arrived at "${prefix}"`);
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
