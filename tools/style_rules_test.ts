import { assertEquals } from "@std/assert";
import plugin from "./style_rules.ts";

function findings(file: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, file, source).map(({ id }) => id);
}

Deno.test("a cast in production code is found", () => {
  assertEquals(findings("local/a.ts", "export const a = b as string;"), ["workflow/no-cast"]);
});

Deno.test("a cast inside a template is found", () => {
  assertEquals(findings("local/a.ts", "export const a = `${b as string}`;"), ["workflow/no-cast"]);
});

Deno.test("a cast in angle brackets is found", () => {
  assertEquals(findings("local/a.ts", "export const a = <string>b;"), ["workflow/no-cast"]);
});

Deno.test("`as const` is no cast", () => {
  assertEquals(findings("local/a.ts", "export const a = [1] as const;"), []);
});

Deno.test("a renaming import is no cast", () => {
  assertEquals(findings("local/a.ts", 'import { a as b } from "./b.ts"; b();'), []);
});

Deno.test("a test may cast", () => {
  assertEquals(findings("local/a_test.ts", "export const a = b as string;"), []);
  assertEquals(findings("/x/tests/e2e/a.ts", "export const a = b as string;"), []);
});
