/**
 * The style guide's rules about files, as functions from a file to complaints. Rules about the
 * database are pgTAP tests in `supabase/tests/00_conventions`; rules about expressions of
 * TypeScript are in `style_rules.ts`.
 */

export interface SourceFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export interface Rule {
  readonly name: string;
  readonly appliesTo: (path: string) => boolean;
  /** What is wrong, each as the end of a sentence that begins with the file's name. */
  readonly complaints: (file: SourceFile) => string[];
}

const isSql = (path: string) => path.endsWith(".sql");
const isTypeScript = (path: string) => /\.tsx?$/.test(path);
const isCode = (path: string) => isSql(path) || isTypeScript(path) || path.endsWith(".mjs");
const isTest = (path: string) => /^tests\/|\/testing\/|_test\.ts$/.test(path);
const isProduction = (path: string) => isTypeScript(path) && !isTest(path);
const isFunction = (path: string) => isProduction(path) && path.startsWith("supabase/functions/");
const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

export const rules: readonly Rule[] = [
  {
    name: "code is named in snake_case",
    // The name of an extension's script is Postgres's to choose.
    appliesTo: (path) => isCode(path) && !path.startsWith("local/extensions/"),
    complaints: ({ path }) =>
      /^[a-z0-9]+(_[a-z0-9]+)*(\.[a-z]+)+$/.test(nameOf(path)) ? [] : ["is not in snake_case"],
  },
  {
    name: "a file is named after what it is about",
    appliesTo: isCode,
    complaints: ({ path }) =>
      /^(utils?|helpers?|common|misc|shared)\./.test(nameOf(path)) ? ["says nothing"] : [],
  },
  {
    name: "nothing is silenced in production code",
    appliesTo: isProduction,
    complaints: (file) =>
      linesWith(file, /\/[/*]+ *(@ts-(ignore|expect-error|nocheck)|deno-lint-ignore)/),
  },
  {
    name: "nothing is left to do",
    appliesTo: isCode,
    complaints: (file) =>
      linesWith(file, new RegExp(["TO" + "DO", "FIX" + "ME", "X" + "XX"].join("|"))),
  },
  {
    name: "no test is skipped or run alone",
    appliesTo: (path) => isTypeScript(path) && isTest(path),
    complaints: (file) => linesWith(file, /Deno\.test\.(ignore|only)\b|\b(ignore|only): true/),
  },
  {
    name: "no file names a folder of somebody's machine",
    appliesTo: (path) => isCode(path) || /\.(json|md|toml|txt|html|css)$/.test(path),
    complaints: (file) =>
      linesWith(file, /["'`\s(](\/home\/|\/Users\/|\/root\/|\/work\/|[A-Z]:\\)/),
  },
  {
    name: "functions import nothing outside of supabase/functions",
    appliesTo: isFunction,
    complaints: (file) =>
      relativeImports(file).filter((path) => !path.startsWith("supabase/functions/"))
        .map((path) => `imports "${path}"`),
  },
  {
    name: "a function's index.ts only starts it",
    appliesTo: (path) => /^supabase\/functions\/[^/]+\/index\.ts$/.test(path),
    complaints: ({ text }) =>
      text.trimEnd().split("\n").length < 20 ? [] : ["has 20 lines or more"],
  },
  {
    name: "SQL is written in lower case",
    appliesTo: isSql,
    complaints: ({ text }) =>
      sqlCode(text).split("\n").flatMap((line, index) =>
        /[A-Z]/.test(line) ? [`line ${index + 1} is not in lower case: ${line.trim()}`] : []
      ),
  },
];

/** Every complaint of every rule about a file, as sentences. */
export function complaintsAbout(file: SourceFile): string[] {
  return rules.filter(({ appliesTo }) => appliesTo(file.path))
    .flatMap(({ complaints }) => complaints(file))
    .map((complaint) => `${file.path} ${complaint}`);
}

function linesWith({ text }: SourceFile, pattern: RegExp): string[] {
  return text.split("\n").flatMap((line, index) =>
    pattern.test(line) ? [`line ${index + 1}: ${line.trim()}`] : []
  );
}

/** The files that a file imports by a relative path, from the root of the repository. */
function relativeImports({ path, text }: SourceFile): string[] {
  const pattern = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']*)["']/g;
  return [...text.matchAll(pattern)].map(([, target = ""]) =>
    new URL(target, `file:///${path}`).pathname.slice(1)
  );
}

/**
 * SQL without comments, literals, quoted identifiers and the placeholders of `format()`, in the same
 * number of lines. Bodies between dollar signs are code.
 */
function sqlCode(text: string): string {
  const notCode = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|%(?:\d+\$)?-?\d*[ILs]/g;
  return text.replace(notCode, (match) => match.replaceAll(/[^\n]/g, " "));
}
