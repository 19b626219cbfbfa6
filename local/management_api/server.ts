import { readUpload, type UploadedFunction } from "./uploaded_function.ts";

/** A stand-in for Supabase's Management API, as far as the CLI needs it to deploy functions. */
export interface ManagementApi extends AsyncDisposable {
  readonly url: string;
  /** What was deployed so far, oldest first. */
  readonly deployed: readonly UploadedFunction[];
}

/** The form of a personal access token. */
const TOKEN = /^Bearer sbp_[0-9a-f]{40}$/;

const PATH = /^\/v1\/projects\/[a-z]{20}\/functions(\/deploy)?$/;

/**
 * Serves `GET /v1/projects/{ref}/functions` and `POST …/functions/deploy?slug=…`.
 *
 * @param port By default one on which nobody listens.
 * @throws {Error} When another program listens on the port.
 */
export function serveManagementApi(port = 0): ManagementApi {
  const deployed: UploadedFunction[] = [];
  const server = listen(port, async (request) => {
    if (!TOKEN.test(request.headers.get("authorization") ?? "")) return refuse(401, "Unauthorized");
    const { pathname, searchParams } = new URL(request.url);
    const resource = PATH.exec(pathname);
    if (resource === null) return refuse(404, "Not found");
    if (resource[1] === undefined) return Response.json(deployed.map(describe));
    if (request.method !== "POST") return refuse(405, "Method not allowed");
    const uploaded = await readUpload(searchParams.get("slug") ?? "", request);
    deployed.push(uploaded);
    return Response.json(describe(uploaded, 0), { status: 201 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    deployed,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function listen(
  port: number,
  handler: Deno.ServeHandler<Deno.NetAddr>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, handler);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new Error(`Port ${port} is in use by another program: end it, or choose another port`);
  }
}

function describe({ slug, metadata }: UploadedFunction, index: number): Record<string, unknown> {
  return {
    id: crypto.randomUUID(),
    slug,
    name: metadata.name,
    status: "ACTIVE",
    version: index + 1,
    verify_jwt: metadata.verify_jwt,
  };
}

function refuse(status: number, message: string): Response {
  return Response.json({ message }, { status });
}
