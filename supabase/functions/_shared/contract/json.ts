import { z } from "zod";

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * A value that has already come out of a JSON parser: typed, not walked again, because payloads
 * and outputs are large and an isolate has two seconds of CPU.
 */
export const parsedJson = z.custom<Json>((value) => value !== undefined);

/** A JSON object of any keys, not walked either. */
export const parsedJsonObject = z.record(z.string(), parsedJson);
