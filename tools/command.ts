/** A program that has ended. */
export interface Ended {
  readonly code: number;
  /** What it wrote to both of its streams, in the order in which it arrived. */
  readonly output: string;
}

export interface CommandOptions {
  readonly env?: Record<string, string>;
  readonly onLine?: (line: string) => void;
}

/** Runs a program to its end. Colours are off, so that its lines can be read by a program. */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Ended> {
  const child = new Deno.Command(program, {
    args: [...args],
    env: { NO_COLOR: "1", DO_NOT_TRACK: "1", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
    options.onLine?.(line);
  };
  const [status] = await Promise.all([
    child.status,
    eachLine(child.stdout, keep),
    eachLine(child.stderr, keep),
  ]);
  return { code: status.code, output: lines.join("\n") };
}

async function eachLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  keep: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(keep);
  }
  if (rest !== "") keep(rest);
}
