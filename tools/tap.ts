import { type Failure, type Outcome } from "./outcome.ts";

interface Assertion {
  readonly ok: boolean;
  readonly name: string;
  readonly detail: string[];
}

/**
 * The outcome of one file that speaks TAP (https://testanything.org). Every assertion counts; a
 * plan that is missing or not kept is a failure of its own, and so is one that is skipped or
 * postponed.
 */
export function readTap(file: string, text: string): Outcome {
  const assertions: Assertion[] = [];
  const plans: number[] = [];
  for (const line of text.split("\n")) {
    const plan = /^1\.\.(\d+)/.exec(line);
    const assertion = /^(not )?ok\b(?: (\d+))?(?: - )?(.*)$/.exec(line);
    if (plan) plans.push(Number(plan[1]));
    else if (assertion) assertions.push(readAssertion(assertion));
    else if (line.startsWith("#")) assertions.at(-1)?.detail.push(line);
  }
  const broken = assertions.filter(({ ok }) => !ok);
  const failures = broken.map(({ name, detail }) => ({
    name: `${file}: ${name}`,
    detail: detail.join("\n"),
  }));
  return {
    passed: assertions.length - broken.length,
    failures: [...failures, ...planFailures(file, plans, assertions.length)],
  };
}

function readAssertion([, not, number = "?", text = ""]: RegExpExecArray): Assertion {
  const directive = /# *(skip|todo)\b/i.exec(text);
  const name = `${number} ${text}`.trim();
  if (directive) return { ok: false, name, detail: ["A test may not be skipped or postponed"] };
  return { ok: not === undefined, name, detail: [] };
}

function planFailures(file: string, plans: readonly number[], ran: number): Failure[] {
  const [plan] = plans;
  if (plan === undefined) return [{ name: file, detail: "Printed no plan" }];
  if (plans.length > 1) return [{ name: file, detail: `Printed ${plans.length} plans` }];
  if (plan !== ran) return [{ name: file, detail: `Planned ${plan} assertions and ran ${ran}` }];
  if (plan === 0) return [{ name: file, detail: "Asserted nothing" }];
  return [];
}
