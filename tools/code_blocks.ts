/** A fenced block of code of a Markdown page. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** The line of the page on which its code begins, from 1. */
  readonly line: number;
}

/** The fenced blocks of a page that are written in one of these languages, in order. */
export function readCodeBlocks(markdown: string, languages: readonly string[]): CodeBlock[] {
  return [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .map(({ index, 1: language = "", 2: code = "" }) => ({
      language,
      code,
      line: markdown.slice(0, index).split("\n").length + 1,
    }))
    .filter(({ language }) => languages.includes(language));
}
