/** Colours of a terminal, by what they mean here. */
export interface Paint {
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  busy(text: string): string;
}

/** What decides whether there are colours. */
export interface PaintOptions {
  readonly isTerminal: boolean;
  /** The value of `NO_COLOR`: colours are off when it is set and not empty. */
  readonly noColor: string | undefined;
}

/**
 * Colours for a terminal; plain text everywhere else, and where the user wants none.
 *
 * @see https://no-color.org
 */
export function createPaint({ isTerminal, noColor }: PaintOptions): Paint {
  const style = (code: number) => (text: string) =>
    isTerminal && !noColor ? `\x1b[${code}m${text}\x1b[0m` : text;
  return { strong: style(1), faint: style(2), good: style(32), bad: style(31), busy: style(36) };
}
