/**
 * `log`: writes a message to the function's log and keeps it as the output.
 *
 * @example The payload of an action
 * ```json
 * { "message": "{{ $.record.email }} signed up", "level": "info" }
 * ```
 */
import { z } from "zod";
import type { Context } from "../handler.ts";
import { completed, type Outcome } from "../outcome.ts";

export const input = z.strictObject({
  message: z.string(),
  level: z.enum(["info", "warn", "error"]).default("info"),
});

export const output = input;

export function run(
  payload: z.output<typeof input>,
  context: Context,
): Outcome<z.output<typeof output>> {
  context.logger[payload.level](payload.message, { action: context.action.id });
  return completed(payload);
}
