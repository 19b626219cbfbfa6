import { z } from "zod";
import { port } from "../service/environment.ts";

/** What the function runner is told by its environment. */
export const environment = z.object({
  LOCAL_PORT: port,
  LOCAL_ADMIN_PORT: port,
  LOCAL_API_URL: z.url(),
  LOCAL_DB_URL: z.url(),
  LOCAL_JWT_SECRET: z.string().min(32),
  LOCAL_PUBLISHABLE_KEY: z.string().startsWith("sb_publishable_"),
  LOCAL_SECRET_KEY: z.string().startsWith("sb_secret_"),
  LOCAL_FUNCTIONS_DIR: z.string().min(1),
  LOCAL_CONFIG: z.string().min(1),
  LOCAL_SECRETS_FILE: z.string().min(1),
  /** Where npm packages of functions are kept; beside the secrets when not given. */
  LOCAL_STATE_DIR: z.string().min(1).optional(),
  /** Wall-clock limit of one process of a function, as the platform's plans have it. */
  LOCAL_FUNCTION_WALL_SECONDS: z.coerce.number().positive().default(150),
});

export type Environment = z.infer<typeof environment>;
