/**
 * `deno task schema` writes `docs/reference/definition.schema.json`, the JSON Schema of a definition
 * document, from the contract. Editors check and complete documents with it.
 */
import { z } from "zod";
import { workflowDefinition } from "../supabase/functions/_shared/contract/definition.ts";
import { repositoryRoot } from "./repository.ts";

/** Where the schema is, from the repository's root. */
export const DEFINITION_SCHEMA = "docs/reference/definition.schema.json";

/** The schema as the file has it. */
export function definitionSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(workflowDefinition, { io: "input" }), null, 2)}\n`;
}

if (import.meta.main) {
  await Deno.writeTextFile(`${repositoryRoot}/${DEFINITION_SCHEMA}`, definitionSchema());
}
