/** The value below which that share (0 to 1) of the values lies, interpolated. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const low = sorted[Math.floor(position)] ?? NaN;
  const high = sorted[Math.ceil(position)] ?? NaN;
  return low + (high - low) * (position - Math.floor(position));
}

/** The middle of the values. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** A number as people write it: as many digits as matter, thousands apart. */
export function format(value: number): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 100
    ? 0
    : Math.abs(value) >= 10
    ? 1
    : 2;
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
