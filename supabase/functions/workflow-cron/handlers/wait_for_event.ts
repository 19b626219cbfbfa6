/**
 * `wait_for_event`: waits for the first event of a name whose payload contains `match` (the JSON
 * containment of Postgres). Events since the run began count, and with `look_back` earlier ones,
 * too. One that `workflow_signal` sends counts for the run that it was sent to.
 *
 * | what happens | outcome |
 * | --- | --- |
 * | such an event | completed; it is the output |
 * | `timeout` passes | completed with `"timed_out": true`, for conditions to branch on |
 *
 * @example The payload of an action; `event` holds no placeholder
 * ```json
 * {
 *   "event": "order.paid",
 *   "match": { "order_id": "{{ $.event.order_id }}" },
 *   "timeout": "3 days",
 *   "look_back": "1 hour"
 * }
 * ```
 */
import { z } from "zod";
import { parsedJson } from "../../_shared/contract/json.ts";
import { eventWait } from "../../_shared/contract/wait.ts";
import { type Outcome, waiting } from "../outcome.ts";

export const input = eventWait.omit({ kind: true });

export const output = z.discriminatedUnion("timed_out", [
  z.object({
    timed_out: z.literal(false),
    event: z.object({
      id: z.guid(),
      name: z.string(),
      payload: parsedJson,
      occurred_at: z.string(),
    }),
  }),
  z.object({ timed_out: z.literal(true), event: z.null() }),
]);

export function run(payload: z.output<typeof input>): Outcome<never> {
  return waiting({ wait: { kind: "event", ...payload } });
}
