import { assertEquals } from "@std/assert";
import { DEFINITION_SCHEMA, definitionSchema } from "./definition_schema.ts";
import { repositoryRoot } from "./repository.ts";

Deno.test(`${DEFINITION_SCHEMA} is what "deno task schema" writes`, async () => {
  const file = await Deno.readTextFile(`${repositoryRoot}/${DEFINITION_SCHEMA}`);
  assertEquals(JSON.parse(file), JSON.parse(definitionSchema()));
});
