/** What answers requests over a connection that may be lost. */
export interface ConnectedApi {
  readonly fetch: (request: Request) => Promise<Response>;
  /** Looks at the database's schema again. */
  readonly reload: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * An API that opens its connection anew when that is lost.
 *
 * After a crash of the server the driver leaves queries without an answer for ever. So requests
 * that are under way then get what PostgREST answers meanwhile, and later ones a new connection.
 */
export class RecoveringApi {
  readonly #open: () => ConnectedApi;
  #current: ConnectedApi;
  #lost = Promise.withResolvers<void>();

  constructor(open: () => ConnectedApi) {
    this.#open = open;
    this.#current = open();
  }

  async fetch(request: Request): Promise<Response> {
    const lost = this.#lost.promise.then(unavailable);
    return await Promise.race([this.#current.fetch(request), lost]);
  }

  /** Answers whoever waits, and begins anew. */
  reopen(): void {
    const previous = this.#current;
    this.#current = this.#open();
    this.#lost.resolve();
    this.#lost = Promise.withResolvers();
    previous.close().catch(() => {});
  }

  reload(): Promise<void> {
    return this.#current.reload();
  }

  close(): Promise<void> {
    return this.#current.close();
  }
}

function unavailable(): Response {
  const message = "Database client error. Retrying the connection.";
  return Response.json({ code: "PGRST001", message, details: null, hint: null }, { status: 503 });
}
