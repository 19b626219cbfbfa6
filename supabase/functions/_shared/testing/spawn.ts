/** A module that runs in a Deno process of its own, for as long as a test runs. */
export interface SpawnedModule extends AsyncDisposable {
  readonly process: Deno.ChildProcess;
  /** Resolves with the output so far as soon as it contains a text; rejects if it never will. */
  sees(text: string): Promise<string>;
}

/** Starts a module with nothing but the given environment. */
export function spawnModule(
  module: URL,
  environment: Record<string, string>,
): SpawnedModule {
  const process = command(module, environment).spawn();
  const output = new Output();
  const read = Promise.all([output.take(process.stdout), output.take(process.stderr)])
    .finally(() => output.end());
  return {
    process,
    sees: (text) => output.sees(text),
    async [Symbol.asyncDispose]() {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await process.status;
      await read;
    },
  };
}

/** A function that runs in a Deno process of its own. */
export interface SpawnedFunction extends SpawnedModule {
  /** Where it listens, with a slash at the end. */
  readonly url: string;
}

/** Starts the module of a function on a free port. */
export async function spawnFunction(
  module: URL,
  environment: Record<string, string>,
): Promise<SpawnedFunction> {
  const spawned = spawnModule(module, { ...environment, DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0" });
  const [, url = ""] = /(http:\S+)/.exec(await spawned.sees("/\n")) ?? [];
  return { ...spawned, url };
}

/** What starts a module as the platform would: over the network and the environment only. */
export function command(module: URL, environment: Record<string, string>): Deno.Command {
  const { pathname: config } = new URL("../../../../deno.json", import.meta.url);
  const permissions = ["--allow-net", "--allow-env", "--allow-sys"];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", ...permissions, "--config", config, module.pathname],
    env: { PATH: Deno.env.get("PATH") ?? "", HOME: Deno.env.get("HOME") ?? "", ...environment },
    clearEnv: true,
    stdout: "piped",
    stderr: "piped",
  });
}

/** What a process has written so far. */
class Output {
  #text = "";
  #hasEnded = false;
  #onChange: () => void = () => {};

  async take(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      this.#text += chunk;
      this.#onChange();
    }
  }

  end(): void {
    this.#hasEnded = true;
    this.#onChange();
  }

  async sees(text: string): Promise<string> {
    while (!this.#text.includes(text)) {
      if (this.#hasEnded) throw new Error(`Cannot find "${text}" in the output "${this.#text}"`);
      await new Promise<void>((resolve) => this.#onChange = resolve);
    }
    return this.#text;
  }
}
