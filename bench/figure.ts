/** One line of the bench's table. */
export interface Figure {
  readonly name: string;
  /** What was measured: a median unless the name says otherwise, with its unit. */
  readonly value: string;
  /** What it should be, where that was said. */
  readonly goal?: string;
  /** What it stands beside: a limit measured in the same run, or a peer. */
  readonly beside?: string;
}

/** One part of the bench. */
export interface Section {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly Figure[];
  /** What the figures do not show by themselves. */
  readonly notes?: readonly string[];
}

/** A section as lines of text, its columns aligned. */
export function formatSection({ title, figures, notes = [] }: Section): string {
  const rows = figures.map((
    { name, value, goal = "", beside = "" },
  ) => [name, value, goal, beside]);
  const table = [["figure", "measured", "goal", "beside it"], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0))
  );
  const lines = table.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  );
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return ["", title, "", lines[0], rule, ...lines.slice(1), ...notes].join("\n");
}
