import { z } from "zod";

const TIMEOUT = "canceling statement due to statement timeout";
const unknownError = z.object({ code: z.literal("SUP"), message: z.string() });

/** Gives a statement that took too long its SQLSTATE, which lite loses and clients tell apart. */
export async function nameTimeout(response: Response): Promise<Response> {
  if (response.status !== 500) return response;
  const error = unknownError.safeParse(await response.clone().json().catch(() => null));
  if (!error.success || !error.data.message.includes(TIMEOUT)) return response;
  await response.body?.cancel();
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  const body = { code: "57014", details: null, hint: null, message: TIMEOUT };
  return Response.json(body, { status: 500, headers });
}
