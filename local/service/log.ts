/** What an event line may carry beside its name. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes one line to stdout: the service, the event, then `key=value` pairs. */
export type Log = (event: string, fields?: LogFields) => void;

/** Creates the log of one process of the local stack. */
export function createLog(service: string, write: (line: string) => void = console.log): Log {
  return (event, fields = {}) => {
    const pairs = Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}=${format(value)}`);
    write([service, event, ...pairs].join(" "));
  };
}

function format(value: LogFields[string]): string {
  const text = String(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}
