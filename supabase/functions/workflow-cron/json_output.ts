import type { Json } from "../_shared/contract/json.ts";

/** The largest output that is stored, in bytes of JSON. */
export const LARGEST_OUTPUT_BYTES = 256 * 1024;

/** A handler's output cannot be stored. No retry mends it. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/**
 * The output as the JSON that is stored. 0, false, null and "" stay what they are; `undefined` is
 * no output. What JSON would silently change or drop is refused.
 *
 * @throws {OutputError} Naming the place and what stands there.
 */
export function jsonOutput(output: unknown, redact: (text: string) => string): Json | undefined {
  if (output === undefined) return undefined;
  const text = redact(stringify(output));
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > LARGEST_OUTPUT_BYTES) {
    throw new OutputError(
      `Output of ${bytes} bytes is too large: at most ${LARGEST_OUTPUT_BYTES} are stored`,
    );
  }
  return JSON.parse(text);
}

function stringify(output: unknown): string {
  try {
    checkJson(output, "$", new Set());
    return JSON.stringify(output);
  } catch (error) {
    if (error instanceof OutputError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new OutputError(`Output is not JSON: ${reason}`, { cause: error });
  }
}

function checkJson(value: unknown, path: string, ancestors: Set<object>): void {
  if (value === null || typeof value === "boolean" || value === undefined) return;
  if (typeof value === "string") return checkText(value, path);
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (typeof value !== "object") refuse(path, `is ${describe(value)}`);
  if (ancestors.has(value)) refuse(path, "contains itself");
  if ("toJSON" in value && typeof value.toJSON === "function") {
    return checkJson(value.toJSON(), path, ancestors);
  }
  ancestors.add(value);
  if (Array.isArray(value)) {
    value.forEach((item, index) => checkItem(item, `${path}[${index}]`, ancestors));
  } else {
    checkObject(value, path, ancestors);
  }
  ancestors.delete(value);
}

/** In a list JSON would turn undefined into null. */
function checkItem(item: unknown, path: string, ancestors: Set<object>): void {
  if (item === undefined) refuse(path, "is undefined");
  checkJson(item, path, ancestors);
}

function checkObject(value: object, path: string, ancestors: Set<object>): void {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    refuse(path, `is a ${prototype.constructor?.name ?? "special object"}`);
  }
  for (const [key, item] of Object.entries(value)) {
    checkText(key, `${path} (a key)`);
    checkJson(item, `${path}.${key}`, ancestors);
  }
}

/** Postgres stores neither NUL nor half of a surrogate pair. */
function checkText(text: string, path: string): void {
  if (text.includes("\0")) refuse(path, "holds a NUL character");
  if (!text.isWellFormed()) refuse(path, "holds half of a surrogate pair");
}

function describe(value: unknown): string {
  return typeof value === "number" ? String(value) : `a ${typeof value}`;
}

function refuse(path: string, problem: string): never {
  throw new OutputError(`Output is not JSON: ${path} ${problem}`);
}
