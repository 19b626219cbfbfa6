/** Answers one request. */
export type Handle = (request: Request) => Response | Promise<Response>;

/** What answers the requests to one path, by their method. */
export type Route = ReadonlyMap<string, Handle>;
