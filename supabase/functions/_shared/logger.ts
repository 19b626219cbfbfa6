/** Where a function writes what an operator may want to know. */
export interface Logger {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

type Level = "info" | "warn" | "error";

/** Writes one JSON object a line, with secrets blanked out by `redact`. */
export function jsonLogger(
  redact: (text: string) => string,
  write: (level: Level, line: string) => void = (level, line) => console[level](line),
): Logger {
  const log = (level: Level) => (message: string, fields: Record<string, unknown> = {}) =>
    write(level, redact(JSON.stringify({ level, message, ...fields })));
  return { info: log("info"), warn: log("warn"), error: log("error") };
}

/** The same logger, with more blanked out by `redact`. */
export function redactingLogger(logger: Logger, redact: (text: string) => string): Logger {
  const log = (level: Level) => (message: string, fields: Record<string, unknown> = {}) =>
    logger[level](redact(message), JSON.parse(redact(JSON.stringify(fields))));
  return { info: log("info"), warn: log("warn"), error: log("error") };
}
