import { z } from "zod";
import { port } from "../service/environment.ts";

/** What the inbox is told by its environment. */
export const environment = z.object({
  LOCAL_PORT: port,
  LOCAL_STATE_DIR: z.string().min(1),
});
