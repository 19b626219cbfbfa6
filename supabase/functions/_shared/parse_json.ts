import type { Json } from "./contract/json.ts";

/** A text as JSON, or nothing if it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
