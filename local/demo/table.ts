/** A column of a table: its heading, and whether its cells are numbers. */
export interface Column {
  readonly heading: string;
  readonly alignRight?: boolean;
}

/** Lines of a table: headings, a rule, rows; columns are as wide as their widest cell. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = columns.map(({ heading }, index) =>
    Math.max(heading.length, ...rows.map((row) => row[index]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    columns.map(({ alignRight }, index) => {
      const cell = cells[index] ?? "";
      const width = widths[index] ?? 0;
      return alignRight ? cell.padStart(width) : cell.padEnd(width);
    }).join("  ").trimEnd();
  return [
    line(columns.map(({ heading }) => heading)),
    widths.map((width) => "─".repeat(width)).join("  "),
    ...rows.map(line),
  ];
}
