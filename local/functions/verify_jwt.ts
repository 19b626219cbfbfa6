import { jwtVerify } from "jose";
import { unauthorized } from "./platform_answers.ts";

/** Checks a caller's HS256 token; null when it is good, otherwise what to answer. */
export async function refuseWithoutToken(
  request: Request,
  jwtSecret: string,
): Promise<Response | null> {
  if (request.method === "OPTIONS") return null;
  const header = request.headers.get("authorization");
  if (!header) return unauthorized("Missing authorization header");
  const token = /^Bearer (.+)$/i.exec(header)?.[1];
  if (!token) return unauthorized("Auth header is not 'Bearer {token}'");
  try {
    await jwtVerify(token, new TextEncoder().encode(jwtSecret), { algorithms: ["HS256"] });
    return null;
  } catch {
    return unauthorized("Invalid JWT");
  }
}
