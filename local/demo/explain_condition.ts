import type { Condition } from "./snapshot.ts";

/** What was asked and what was seen, with paths as people write them: `$.record.full_name`. */
export function explainCondition({ expression, values }: Condition): string {
  const asked = unquotePaths(expression).replace(/^\((.*)\)$/s, "$1");
  const seen = Object.entries(values)
    .map(([path, value]) => `${unquotePaths(path)} is ${value ?? "missing"}`);
  return [`${asked} is not true`, ...seen].join("; ");
}

/** Postgres quotes each key of a path; only an unusual one needs it. */
function unquotePaths(text: string): string {
  return text.replaceAll(/\."([A-Za-z_]\w*)"/g, ".$1");
}
