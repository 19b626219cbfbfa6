/**
 * `log`: writes a message (the action's name where there is none) to the function's log and keeps it as
 * the output.
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
  message: z.string().optional(),
  level: z.enum(["info", "warn", "error"]).default("info"),
});

export const output = input.required();

export function run(
  payload: z.output<typeof input>,
  context: Context,
): Outcome<z.output<typeof output>> {
  const message = payload.message ?? context.action.name;
  context.logger[payload.level](message, { action: context.action.id });
  return completed({ ...payload, message });
}
