/**
 * `start_workflow`: starts a run of another workflow by its name, with `input` as the payload of the
 * event that it sees, and waits for its end unless `wait` is false. Stopping this run stops that one.
 *
 * | what happens | outcome |
 * | --- | --- |
 * | the run completes | completed, with the outputs of its actions |
 * | the run fails or is stopped | failed, naming the run; completed with its status if `on_failure` is `continue` |
 * | without waiting: the run begins | completed, with its id |
 * | there is no such workflow, it is not active, or runs would be nested too deep | failed |
 *
 * @example The payload of an action
 * ```json
 * {
 *   "workflow": "send an invoice",
 *   "input": { "order_id": "{{ $.event.order_id }}" },
 *   "on_failure": "continue"
 * }
 * ```
 */
import { z } from "zod";
import { parsedJson, parsedJsonObject } from "../../_shared/contract/json.ts";
import { runWait } from "../../_shared/contract/wait.ts";
import { type Outcome, waiting } from "../outcome.ts";

export const input = runWait.omit({ kind: true }).extend({
  input: parsedJsonObject.default({}),
  wait: runWait.shape.wait.default(true),
  on_failure: runWait.shape.on_failure.default("fail"),
});

export const output = z.object({
  run_id: z.guid(),
  status: z.enum(["running", "completed", "failed", "stopped"]),
  /** The outputs of its actions, by their names. */
  output: z.record(z.string(), parsedJson),
});

export function run(payload: z.output<typeof input>): Outcome<never> {
  return waiting({ wait: { kind: "run", ...payload } });
}
