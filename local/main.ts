/**
 * The commands of the local stack: start, test, test:debian, test:soak, reset, bench.
 *
 * Called by `local/bootstrap.mjs`, which has installed what they need.
 */
import { join } from "node:path";
import { onEndSignal } from "./process/end_signal.ts";
import { readSettings, ROOT } from "./settings.ts";
import { startStack } from "./stack.ts";
import { emptyStateFolder } from "./state_folder.ts";
import { nextSteps } from "./next_steps.ts";

const COMMANDS: ReadonlyMap<string, (args: string[]) => Promise<number>> = new Map([
  ["start", start],
  ["test", (args) => runScript("tools/check.ts", args)],
  ["test:debian", testOnDebian],
  ["test:soak", soak],
  ["reset", reset],
  ["bench", (args) => runScript("bench/main.ts", args)],
]);

const START_OPTIONS = ["--no-demo", "--exit"];

/** Starts the stack, shows the demo, and stays until a signal comes. */
async function start(args: string[]): Promise<number> {
  const unknown = args.find((arg) => !START_OPTIONS.includes(arg));
  if (unknown !== undefined) {
    throw new Error(`Cannot understand "${unknown}": the options are ${START_OPTIONS.join(", ")}`);
  }
  const signal = onEndSignal();
  const begun = performance.now();
  const stack = await startStack({ onProgress: (step) => console.log(step), signal: signal.abort });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`The stack runs at ${stack.info.api_url} (${seconds} s)`);
  try {
    const hasDemo = !args.includes("--no-demo");
    const status = !hasDemo
      ? 0
      : await Promise.race([runScript("local/demo/main.ts"), failWhenBroken(stack.broken)]);
    if (args.includes("--exit") || signal.abort.aborted) return status;
    console.log(nextSteps(stack.info, { hasExample: hasDemo }));
    return await Promise.race([signal.received.then(() => 0), failWhenBroken(stack.broken)]);
  } finally {
    await stack.stop();
  }
}

async function failWhenBroken(broken: Promise<string>): Promise<number> {
  console.error(await broken);
  return 1;
}

/** The gate on Debian's Postgres, in a folder of its own beside the other. */
async function testOnDebian(args: string[]): Promise<number> {
  const { dir } = readSettings();
  return await runScript("tools/check.ts", args, {
    WORKFLOW_LOCAL_DIR: join(dir, "debian"),
    WORKFLOW_POSTGRES: "debian",
  });
}

/** The property tests of the gate, with many more cases. */
async function soak(args: string[]): Promise<number> {
  return await runScript("tools/check.ts", ["graph", ...args], { WORKFLOW_PROPERTY_CASES: "5000" });
}

async function reset(): Promise<number> {
  const { dir } = readSettings();
  await emptyStateFolder(dir);
  console.log(`Emptied "${dir}"`);
  return 0;
}

/** Runs a script of this checkout as a process of its own; it ends before this one does. */
async function runScript(
  script: string,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", join(ROOT, script), ...args],
    cwd: ROOT,
    env,
  }).spawn();
  const { received, release } = onEndSignal();
  void received.then((signal) => child.kill(signal)).catch(() => {});
  const { code } = await child.status;
  release();
  return code;
}

const [name = "", ...args] = Deno.args;
const command = COMMANDS.get(name);
if (command === undefined) {
  console.error(`Cannot find the command "${name}": there are ${[...COMMANDS.keys()].join(", ")}`);
  Deno.exit(2);
}
try {
  Deno.exit(await command(args));
} catch (error) {
  const givenUp = error instanceof DOMException && error.name === "AbortError";
  if (!givenUp) console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}
