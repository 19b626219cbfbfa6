import { z } from "zod";
import { parsedJson, parsedJsonObject } from "./json.ts";

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

/**
 * A secret by reference, anywhere in a payload or in headers: only the worker knows its value.
 *
 * @example `{ "authorization": { "$secret": "SHOP_API_KEY" } }`
 */
export const secretReference = z.strictObject({
  $secret: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
});

/**
 * The URL that answers this attempt, anywhere in a payload or in headers: only the worker knows it.
 *
 * @example `{ "notify": { "$callback_url": true } }`
 */
export const callbackReference = z.strictObject({ $callback_url: z.literal(true) });

/**
 * What an action sends and where to, with every text that held placeholders compiled. Empty for an
 * action that the engine carries out itself.
 */
export const compiledTemplate = z.object({
  payload: parsedJson.default({}),
  target_endpoint: z.union([z.string(), compiledText, z.null()]).default(null),
  /** Headers of the call to `target_endpoint`. */
  headers: parsedJsonObject.default({}),
});

export type FilterName = z.infer<typeof filterName>;
export type Filter = z.infer<typeof filter>;
export type Hole = z.infer<typeof hole>;
export type CompiledText = z.infer<typeof compiledText>;
export type CompiledTemplate = z.infer<typeof compiledTemplate>;
