import { jwtVerify } from "jose";
import { z } from "zod";

const legacyClaims = z.looseObject({ role: z.enum(["anon", "service_role"]) });

/** Who a request is before its user's token is looked at. */
export interface ApiKey {
  readonly type: "publishable" | "secret";
  readonly claims: Record<string, unknown>;
}

/** The keys of a project and the secret that signs its tokens. */
export interface ProjectKeys {
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly jwtSecret: string;
}

/** Tells what an `apikey` may do: the project's two keys, and its legacy keys, which are tokens. */
export async function resolveApiKey(key: string, keys: ProjectKeys): Promise<ApiKey | null> {
  if (key === keys.publishableKey) return { type: "publishable", claims: { role: "anon" } };
  if (key === keys.secretKey) return { type: "secret", claims: { role: "service_role" } };
  return await resolveLegacyKey(key, keys.jwtSecret);
}

async function resolveLegacyKey(key: string, jwtSecret: string): Promise<ApiKey | null> {
  try {
    const { payload } = await jwtVerify(key, new TextEncoder().encode(jwtSecret), {
      algorithms: ["HS256"],
    });
    const claims = legacyClaims.parse(payload);
    return { type: claims.role === "service_role" ? "secret" : "publishable", claims };
  } catch {
    return null;
  }
}
