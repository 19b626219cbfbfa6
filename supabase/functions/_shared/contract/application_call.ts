import { z } from "zod";
import { parsedJson, parsedJsonObject } from "./json.ts";

/** The body of a call to an application's `target_endpoint`. */
export const applicationCall = z.object({
  workflow_id: z.guid(),
  /** The action log's id, under the name that applications know. */
  action_id: z.guid(),
  workflow_action_id: z.guid(),
  run_id: z.guid(),
  action_type: z.string(),
  payload: parsedJson,
  meta: parsedJsonObject,
  attempt: z.int().positive(),
  /** After a 202: POST the answer to it, a `callbackBody`. Whoever has this URL can answer. */
  callback_url: z.url(),
});

export type ApplicationCall = z.infer<typeof applicationCall>;
