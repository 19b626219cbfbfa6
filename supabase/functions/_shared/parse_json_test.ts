import { assertEquals } from "@std/assert";
import { parseJson } from "./parse_json.ts";

for (const text of ["null", "0", '""', '{"a":[1]}']) {
  Deno.test(`${text} is JSON`, () => assertEquals(JSON.stringify(parseJson(text)), text));
}

for (const text of ["", "{", "undefined", "<html>"]) {
  Deno.test(`"${text}" is no JSON`, () => assertEquals(parseJson(text), undefined));
}
