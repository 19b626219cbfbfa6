/**
 * `sleep`: waits for a while. `duration` is a Postgres interval or an ISO 8601 duration, counted in
 * wall time of the workflow's time zone: `1 day` ends at the same time of day. Nothing runs
 * meanwhile.
 *
 * | what happens | outcome |
 * | --- | --- |
 * | the time has passed | completed, without an output |
 * | the duration cannot be read | failed |
 *
 * @example The payload of an action
 * ```json
 * { "duration": "15 minutes" }
 * ```
 */
import { z } from "zod";
import { waitInterval } from "../../_shared/contract/wait.ts";
import { type Outcome, waiting } from "../outcome.ts";

export const input = z.strictObject({ duration: waitInterval });

export const output = z.undefined();

export function run({ duration }: z.output<typeof input>): Outcome<never> {
  return waiting({ wait: { kind: "sleep", duration } });
}
