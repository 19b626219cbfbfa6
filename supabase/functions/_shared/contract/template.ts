import { z } from "zod";
import { parsedJson } from "./json.ts";

/** The filters of a placeholder, by name. */
export const filterName = z.enum(["default", "date", "number", "upper", "lower", "join", "json"]);

/** One filter of a placeholder, with its literal arguments: `| default: 'you'`. */
export const filter = z.object({
  name: filterName,
  arguments: z.array(z.union([z.string(), z.number()])),
});

/** A placeholder of a template: where its value comes from and what is done to it. */
export const hole = z.object({
  path: z.string(),
  filters: z.array(filter),
  required: z.boolean(),
});

/**
 * A text that held placeholders: literals, and indexes into the holes and values. A lone index
 * keeps its value's JSON type.
 *
 * @example `"Hello {{ $.record.name }}!"` is `{ "$template": ["Hello ", 0, "!"] }`
 */
export const compiledText = z.strictObject({
  $template: z.array(z.union([z.string(), z.int().nonnegative()])).min(1),
});

/** What an action sends and where to, with every text that held placeholders compiled. */
export const compiledTemplate = z.object({
  payload: parsedJson,
  target_endpoint: z.union([z.string(), compiledText, z.null()]),
});

export type FilterName = z.infer<typeof filterName>;
export type Filter = z.infer<typeof filter>;
export type Hole = z.infer<typeof hole>;
export type CompiledText = z.infer<typeof compiledText>;
export type CompiledTemplate = z.infer<typeof compiledTemplate>;
