/** What came of one or more checks. Whoever checks something returns this and throws nothing. */
export interface Outcome {
  readonly passed: number;
  readonly failures: readonly Failure[];
}

/** One check that failed: which one, and everything a reader needs to mend it. */
export interface Failure {
  readonly name: string;
  readonly detail: string;
}

export function passed(count = 1): Outcome {
  return { passed: count, failures: [] };
}

export function failed(name: string, detail: string): Outcome {
  return { passed: 0, failures: [{ name, detail }] };
}

export function joinOutcomes(outcomes: Iterable<Outcome>): Outcome {
  const all = [...outcomes];
  return {
    passed: all.reduce((sum, outcome) => sum + outcome.passed, 0),
    failures: all.flatMap((outcome) => outcome.failures),
  };
}

/** The sentence of whatever was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
