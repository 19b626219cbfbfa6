/** What every answer says: it is about one person's link, and nobody is to keep or embed it. */
const HEADERS = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
};

/** An answer as JSON. */
export function json(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Response {
  return Response.json(body, { status, headers: { ...HEADERS, ...headers } });
}

/** An answer in JSON of one sentence. */
export function message(
  status: number,
  text: string,
  headers: Record<string, string> = {},
): Response {
  return json(status, { message: text }, headers);
}

/** An answer with a body of another type, or none. */
export function answer(
  status: number,
  body: string | null,
  headers: Record<string, string>,
): Response {
  return new Response(body, { status, headers: { ...HEADERS, ...headers } });
}
