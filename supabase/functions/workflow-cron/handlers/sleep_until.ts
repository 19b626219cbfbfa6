/**
 * `sleep_until`: waits until a date, or a time with or without seconds, after ISO 8601. Without an
 * offset it is in the workflow's time zone. Nothing runs meanwhile.
 *
 * | what happens | outcome |
 * | --- | --- |
 * | the time has come, or was past | completed, without an output |
 * | the time cannot be read | failed |
 *
 * @example The payload of an action
 * ```json
 * { "until": "{{ $.event.appointment_at }}" }
 * ```
 */
import { z } from "zod";
import { waitTime } from "../../_shared/contract/wait.ts";
import { type Outcome, waiting } from "../outcome.ts";

export const input = z.strictObject({ until: waitTime });

export const output = z.undefined();

export function run({ until }: z.output<typeof input>): Outcome<never> {
  return waiting({ wait: { kind: "sleep", until } });
}
