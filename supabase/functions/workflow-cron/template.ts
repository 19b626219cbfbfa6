import type { ClaimedAction } from "../_shared/contract/claim.ts";
import type { Json } from "../_shared/contract/json.ts";
import {
  callbackReference,
  compiledText,
  type Filter,
  type Hole,
  secretReference,
} from "../_shared/contract/template.ts";
import { SHORTEST_SECRET } from "../_shared/secrets.ts";
import { filters, renderText } from "./filters.ts";

/** What an attempt sends, and where to if an application runs it. */
export interface FilledTemplate {
  readonly payload: Json;
  readonly targetEndpoint: string | null;
  /** Headers for that application. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads a secret of the function; nothing when it is not set. */
export type ReadSecret = (name: string) => string | undefined;

/** A value that a template needs is missing, or is not what a filter takes. No retry mends it. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** Names that no definition may refer to: whoever writes one must not get at the engine's own keys. */
const RESERVED_SECRET = /^(SUPABASE|WORKFLOW)_/i;

/** What the parts of a template are filled with. */
interface Sources {
  /** One value a hole. */
  readonly values: readonly Json[];
  readonly readSecret: ReadSecret;
  readonly callbackUrl: string | undefined;
}

/** Whether a template refers to the URL that answers its attempt. */
export function asksForCallback({ payload, headers }: ClaimedAction["template"]): boolean {
  return refersToCallback(payload) || refersToCallback(headers);
}

/**
 * Fills the compiled template of an action with one claim's values, each reference to a secret with
 * that secret, and each reference to the callback URL with `callbackUrl`. A value that looks like a
 * reference is a value: only a definition refers.
 *
 * @throws {TemplateError} Naming the path, and the filter if it was one; or naming the secret.
 */
export function fillTemplate(
  action: Pick<ClaimedAction, "template" | "holes">,
  values: readonly Json[],
  readSecret: ReadSecret,
  callbackUrl?: string,
): FilledTemplate {
  const { payload, target_endpoint, headers } = action.template;
  const filled = action.holes.map((hole, index) => fillHole(hole, values[index] ?? null));
  const sources = { values: filled, readSecret, callbackUrl };
  return {
    payload: fillValue(payload, sources),
    targetEndpoint: fillEndpoint(target_endpoint, filled),
    headers: fillHeaders(headers, sources),
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

function refersToCallback(template: Json): boolean {
  if (typeof template !== "object" || template === null) return false;
  return "$callback_url" in template || Object.values(template).some(refersToCallback);
}

function fillValue(template: Json, sources: Sources): Json {
  if (typeof template !== "object" || template === null) return template;
  if (Array.isArray(template)) return template.map((item) => fillValue(item, sources));
  if ("$template" in template) {
    return fillText(compiledText.parse(template).$template, sources.values);
  }
  if ("$secret" in template) return fillSecret(template, sources.readSecret);
  if ("$callback_url" in template) return fillCallback(template, sources.callbackUrl);
  return Object.fromEntries(
    Object.entries(template).map(([key, item]) => [key, fillValue(item, sources)]),
  );
}

function fillCallback(template: Json, callbackUrl: string | undefined): string {
  if (callbackUrl !== undefined && callbackReference.safeParse(template).success) {
    return callbackUrl;
  }
  throw new TemplateError(
    'Cannot fill in the callback URL: write {"$callback_url": true} and nothing beside it',
  );
}

function fillSecret(template: Json, readSecret: ReadSecret): string {
  const reference = secretReference.safeParse(template);
  if (!reference.success) {
    throw new TemplateError(
      'Cannot read a secret: write {"$secret": "NAME"} and nothing beside it',
    );
  }
  const name = reference.data.$secret;
  if (RESERVED_SECRET.test(name)) {
    throw new TemplateError(`Cannot read the secret "${name}": it is the engine's own`);
  }
  const secret = readSecret(name);
  if (secret === undefined) {
    throw new TemplateError(
      `Cannot read the secret "${name}": it is not set; type \`supabase secrets set ${name}=…\``,
    );
  }
  if (secret.length < SHORTEST_SECRET) {
    throw new TemplateError(
      `Cannot use the secret "${name}": below ${SHORTEST_SECRET} characters it could not be redacted`,
    );
  }
  return secret;
}

/** A header without a value is left out. */
function fillHeaders(
  headers: ClaimedAction["template"]["headers"],
  sources: Sources,
): Record<string, string> {
  const entries = Object.entries(headers)
    .map(([name, value]): [string, Json] => [name, fillValue(value, sources)])
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, renderText(value)]);
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
