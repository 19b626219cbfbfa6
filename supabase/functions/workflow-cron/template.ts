import type { ClaimedAction } from "../_shared/contract/claim.ts";
import type { Json } from "../_shared/contract/json.ts";
import { compiledText, type Filter, type Hole } from "../_shared/contract/template.ts";
import { filters, renderText } from "./filters.ts";

/** What an attempt sends, and where to if an application runs it. */
export interface FilledTemplate {
  readonly payload: Json;
  readonly targetEndpoint: string | null;
}

/** A value that a template needs is missing, or is not what a filter takes. No retry mends it. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/**
 * Fills the compiled template of an action with one claim's values.
 *
 * @throws {TemplateError} Naming the path, and the filter if it was one.
 */
export function fillTemplate(
  action: Pick<ClaimedAction, "template" | "holes">,
  values: readonly Json[],
): FilledTemplate {
  const filled = action.holes.map((hole, index) => fillHole(hole, values[index] ?? null));
  return {
    payload: fillValue(action.template.payload, filled),
    targetEndpoint: fillEndpoint(action.template.target_endpoint, filled),
  };
}

function fillHole(hole: Hole, value: Json): Json {
  const filled = hole.filters.reduce((each, filter) => applyFilter(hole, filter, each), value);
  if (hole.required && filled === null) {
    throw new TemplateError(`Cannot fill "${hole.path}": it is required and has no value`);
  }
  return filled;
}

function applyFilter(hole: Hole, filter: Filter, value: Json): Json {
  try {
    return filters[filter.name](value, filter.arguments[0], filter.arguments[1]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TemplateError(
      `Cannot apply filter "${filter.name}" to "${hole.path}": ${reason}`,
      { cause: error },
    );
  }
}

function fillValue(template: Json, values: readonly Json[]): Json {
  if (typeof template !== "object" || template === null) return template;
  if (Array.isArray(template)) return template.map((item) => fillValue(item, values));
  if ("$template" in template) return fillText(compiledText.parse(template).$template, values);
  const entries = Object.entries(template).map(([key, item]) => [key, fillValue(item, values)]);
  return Object.fromEntries(entries);
}

function fillText(parts: readonly (string | number)[], values: readonly Json[]): Json {
  const [first] = parts;
  if (parts.length === 1 && typeof first === "number") return values[first] ?? null;
  return parts.map((part) => typeof part === "string" ? part : renderText(values[part] ?? null))
    .join("");
}

/**
 * A value inside an address is percent-encoded, so that it cannot leave its place; one at the very
 * beginning may be a whole address and is taken as it is.
 */
function fillEndpoint(
  endpoint: ClaimedAction["template"]["target_endpoint"],
  values: readonly Json[],
): string | null {
  if (endpoint === null || typeof endpoint === "string") return endpoint;
  return endpoint.$template.map((part, position) => {
    if (typeof part === "string") return part;
    const text = renderText(values[part] ?? null);
    return position === 0 ? text : encodeURIComponent(text);
  }).join("");
}
