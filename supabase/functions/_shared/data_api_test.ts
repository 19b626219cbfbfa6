import { assertEquals, assertThrows } from "@std/assert";
import { readServiceKey } from "./data_api.ts";

for (
  const [name, environment, expected] of [
    ["the default key", { SUPABASE_SECRET_KEYS: '{"a":"1","default":"2"}' }, "2"],
    ["the first key", { SUPABASE_SECRET_KEYS: '{"a":"1","b":"2"}' }, "1"],
    ["the legacy key", { SUPABASE_SERVICE_ROLE_KEY: "3" }, "3"],
    ["the new key before the legacy one", {
      SUPABASE_SECRET_KEYS: '{"a":"1"}',
      SUPABASE_SERVICE_ROLE_KEY: "3",
    }, "1"],
  ] satisfies [string, Record<string, string>, string][]
) {
  Deno.test(`the service role's key is ${name}`, () => {
    const read = new Map(Object.entries(environment));
    assertEquals(readServiceKey((variable) => read.get(variable)), expected);
  });
}

Deno.test("keys that cannot be read are an error that does not show them", () => {
  const { message } = assertThrows(() => readServiceKey(() => "sb_secret_12345678"), Error);
  assertEquals(message, "Cannot read SUPABASE_SECRET_KEYS: it is not a JSON object of keys");
});

Deno.test("no key at all is an error that names both variables", () => {
  assertThrows(
    () => readServiceKey(() => undefined),
    Error,
    "Set SUPABASE_SECRET_KEYS or SUPABASE_SERVICE_ROLE_KEY",
  );
});
