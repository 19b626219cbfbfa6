import { SignJWT } from "jose";

/** What a hosted project knows about itself. */
export interface Project {
  readonly apiUrl: string;
  readonly dbUrl: string;
  readonly jwtSecret: string;
  readonly publishableKey: string;
  readonly secretKey: string;
}

/** Environment variables by name. */
export type Variables = Record<string, string>;

/** The variables that the platform gives each function, legacy keys included. */
export async function hostedEnvironment(project: Project): Promise<Variables> {
  return {
    SUPABASE_URL: project.apiUrl,
    SUPABASE_DB_URL: project.dbUrl,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: project.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: project.secretKey }),
    SUPABASE_ANON_KEY: await legacyKey("anon", project.jwtSecret),
    SUPABASE_SERVICE_ROLE_KEY: await legacyKey("service_role", project.jwtSecret),
    SB_REGION: "local",
    DENO_REGION: "local",
  };
}

async function legacyKey(role: string, jwtSecret: string): Promise<string> {
  return await new SignJWT({ role, ref: "local" })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer("supabase")
    .setIssuedAt()
    .setExpirationTime("10y")
    .sign(new TextEncoder().encode(jwtSecret));
}
