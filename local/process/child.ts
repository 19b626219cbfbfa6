/** What to run, and where its output goes. */
export interface ChildSpec {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Record<string, string>;
  readonly logFile: string;
  /** The signal that ends it in good order. */
  readonly stopSignal?: Deno.Signal;
}

/** A process of the stack. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Settles when the process ends, with a sentence about how. */
  readonly ended: Promise<string>;
  /** Ends the process, by force when it does not end within ten seconds. */
  stop(): Promise<void>;
}

const PATIENCE_MS = 10_000;

/**
 * Starts a process whose output is appended to a log file.
 *
 * The shell only opens the file and then becomes the program, so that the process id is the
 * program's and nothing is lost when the supervisor dies. The process gets a session of its own:
 * Ctrl-C reaches the supervisor alone, which ends the others in order.
 */
export function startChild(spec: ChildSpec): Child {
  const process = new Deno.Command("/bin/sh", {
    args: ["-c", 'exec "$@" >>"$LOG_FILE" 2>&1', "sh", ...spec.command],
    env: { ...spec.env, LOG_FILE: spec.logFile },
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  const ended = process.status.then(({ code, signal }) =>
    `The process "${spec.name}" ended with ${signal ?? `status ${code}`}: see "${spec.logFile}"`
  );
  return {
    name: spec.name,
    pid: process.pid,
    ended,
    stop: async () => {
      sendSignal(process.pid, spec.stopSignal ?? "SIGTERM");
      const timer = setTimeout(() => sendSignal(process.pid, "SIGKILL"), PATIENCE_MS);
      await process.status;
      clearTimeout(timer);
    },
  };
}

/** Sends a signal; false when there is no such process. */
export function sendSignal(pid: number, signal: Deno.Signal): boolean {
  try {
    Deno.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Waits until a check of a starting process succeeds.
 *
 * @throws {Error} When the process ends first, or half a minute passes.
 */
export async function waitUntilReady(child: Child, check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  const ended = child.ended.then((sentence) => Promise.reject(new Error(sentence)));
  ended.catch(() => {});
  while (!await Promise.race([ended, check()])) {
    if (Date.now() > deadline) throw new Error(`The process "${child.name}" does not get ready`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
