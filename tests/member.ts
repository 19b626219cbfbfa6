import { createClient } from "@supabase/supabase-js";
import { SignJWT } from "jose";
import { keepSecrets } from "../local/secrets.ts";
import { readSettings } from "../local/settings.ts";
import type { TestStack } from "./stack.ts";

/** A client whose token has these claims, as a hook of Auth would have put them there. */
export async function signInWith({ info }: TestStack, claims: Record<string, unknown>) {
  const { jwt_secret } = await keepSecrets(readSettings().dir);
  const token = await new SignJWT(claims).setProtectedHeader({ alg: "HS256" })
    .setExpirationTime("1h").sign(new TextEncoder().encode(jwt_secret));
  return createClient(info.api_url, info.publishable_key, {
    accessToken: () => Promise.resolve(token),
  });
}
