import { formatClock, formatDuration } from "./format_time.ts";
import type { Paint } from "./paint.ts";
import type { Transition } from "./transitions.ts";

/** The widest line, in characters. */
const WIDTH = 100;

const SYMBOLS: Record<Transition["kind"], { symbol: string; colour: keyof Paint }> = {
  "run started": { symbol: "●", colour: "strong" },
  planned: { symbol: "◷", colour: "faint" },
  started: { symbol: "▸", colour: "busy" },
  failed: { symbol: "✖", colour: "bad" },
  "will retry": { symbol: "↻", colour: "faint" },
  completed: { symbol: "✔", colour: "good" },
  skipped: { symbol: "↷", colour: "busy" },
  "gave up": { symbol: "✖", colour: "bad" },
  stopped: { symbol: "■", colour: "bad" },
  "run ended": { symbol: "●", colour: "strong" },
};

/**
 * One transition on one line: when, what, which attempt, how long; a note that does not fit goes
 * below it.
 */
export function renderTransition(transition: Transition, paint: Paint): string[] {
  const { kind, subject, at, attempt, tookMs, note } = transition;
  const { symbol, colour } = SYMBOLS[kind];
  const head = `  ${formatClock(at)}  ${subject.padEnd(18)} `;
  const tail = [
    attempt === null ? "" : `attempt ${attempt}`,
    tookMs === null ? "" : formatDuration(tookMs),
    note,
  ].filter((part) => part !== "").join(" · ");
  const line = `${paint.faint(head)}${paint[colour](`${symbol} ${kind.padEnd(11)}`)}`;
  const indent = head.length + 2 + 11 + 2;
  const [first = "", ...rest] = wrap(tail, WIDTH - indent);
  return [
    `${line}${first === "" ? "" : `  ${first}`}`.trimEnd(),
    ...rest.map((part) => " ".repeat(indent) + part),
  ];
}

/** Breaks a text at spaces; a word that is longer than a line is cut. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text.replaceAll(/\s+/g, " ").trim();
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return rest === "" ? lines : [...lines, rest];
}
