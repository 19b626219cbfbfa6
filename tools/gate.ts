import { failed, type Failure, type Outcome, sentenceOf } from "./outcome.ts";

/** One part of the gate. It may throw: then it has failed, and the parts after it still run. */
export interface Step {
  readonly name: string;
  /** `say` prints one line of progress while the step runs. */
  readonly run: (say: (line: string) => void) => Promise<Outcome>;
}

/** Runs every step in order, prints all failures in full, and last `N passed, N failed`. */
export async function runGate(
  steps: readonly Step[],
  print: (line: string) => void,
): Promise<{ passed: number; failed: number }> {
  let passed = 0;
  const failures: Failure[] = [];
  for (const step of steps) {
    print(`\n${step.name}`);
    const started = performance.now();
    const outcome = await runStep(step, (line) => print(`  ${line}`));
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    print(`  ${outcome.passed} passed, ${outcome.failures.length} failed in ${seconds} s`);
    passed += outcome.passed;
    failures.push(
      ...outcome.failures.map(({ name, detail }) => ({ name: `${step.name}: ${name}`, detail })),
    );
  }
  for (const { name, detail } of failures) {
    print(`\nFAILED  ${name}${detail === "" ? "" : `\n${indent(detail)}`}`);
  }
  print(`\n${passed} passed, ${failures.length} failed`);
  return { passed, failed: failures.length };
}

async function runStep({ name, run }: Step, say: (line: string) => void): Promise<Outcome> {
  try {
    const outcome = await run(say);
    if (outcome.passed > 0 || outcome.failures.length > 0) return outcome;
    return failed(name, "Checked nothing");
  } catch (error) {
    const stack = error instanceof Error ? error.stack : undefined;
    return failed("the step itself", stack ?? sentenceOf(error));
  }
}

function indent(text: string): string {
  return text.split("\n").map((line) => `  ${line}`).join("\n");
}
