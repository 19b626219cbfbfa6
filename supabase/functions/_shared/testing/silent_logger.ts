import type { Logger } from "../logger.ts";

/** A logger that keeps its lines for a test to read. */
export function silentLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const log = (level: string) => (message: string, fields: Record<string, unknown> = {}) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  return { lines, info: log("info"), warn: log("warn"), error: log("error") };
}
