import { z } from "zod";
import { port } from "../service/environment.ts";

/** What the API gateway is told by its environment. */
export const environment = z.object({
  LOCAL_PORT: port,
  LOCAL_DB_URL: z.url(),
  LOCAL_JWT_SECRET: z.string().min(32),
  LOCAL_PUBLISHABLE_KEY: z.string().startsWith("sb_publishable_"),
  LOCAL_SECRET_KEY: z.string().startsWith("sb_secret_"),
  LOCAL_FUNCTIONS_URL: z.url(),
});

export type Environment = z.infer<typeof environment>;
