/** A name that nothing else on the stack has, so that tests leave each other alone. */
export function uniqueName(word: string): string {
  return `${word}_${crypto.randomUUID().slice(0, 8)}`;
}
