/** What a program wrote before it failed. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly output: string;

  constructor(command: string, status: number, output: string) {
    super(`Cannot run "${command}": it ended with status ${status}\n${output.trim()}`);
    this.output = output;
  }
}

/** How a program is run. */
export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

/**
 * Runs a program to its end.
 *
 * @returns What it wrote to standard output.
 * @throws {CommandError} When it ends with another status than 0.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const command = new Deno.Command(program, { args: [...args], stdin: "null", ...options });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  if (code !== 0) {
    throw new CommandError(
      [program, ...args].join(" "),
      code,
      text.decode(stdout) + text.decode(stderr),
    );
  }
  return text.decode(stdout);
}
