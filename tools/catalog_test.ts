import { assertEquals } from "@std/assert";
import { type CatalogEntry, compareCatalogs, compareGrants } from "./catalog.ts";

const sides = { left: "the schemas", right: "the migrations" };
const column: CatalogEntry = { kind: "column", name: "public.workflow.name", definition: "text" };
const grant: CatalogEntry = { kind: "grant", name: "select on t to a", definition: "from b" };

Deno.test("equal catalogs have no difference, in whatever order", () => {
  assertEquals(compareCatalogs([column, grant], [grant, column], sides), []);
});

Deno.test("what is on one side only is named with its side", () => {
  assertEquals(compareCatalogs([column], [grant], sides), [
    "The column public.workflow.name is only in the schemas",
    "The grant select on t to a is only in the migrations",
  ]);
});

Deno.test("a definition that differs is quoted from both sides", () => {
  assertEquals(compareCatalogs([column], [{ ...column, definition: "text not null" }], sides), [
    'The column public.workflow.name differs: it is "text" in the schemas ' +
    'and "text not null" in the migrations',
  ]);
});

Deno.test("of a long definition the first differing line is quoted", () => {
  const left = { kind: "function", name: "f()", definition: "begin\n  one;\nend" };
  const right = { ...left, definition: "begin\n  two;\nend" };
  assertEquals(compareCatalogs([left], [right], sides), [
    'The function f() differs: line 2 is "one;" in the schemas and "two;" in the migrations',
  ]);
});

Deno.test("a definition that only goes on longer differs in the line after its end", () => {
  const left = { kind: "function", name: "f()", definition: "begin" };
  const right = { ...left, definition: "begin\nend" };
  assertEquals(compareCatalogs([left], [right], sides), [
    'The function f() differs: line 2 is absent in the schemas and "end" in the migrations',
  ]);
});

Deno.test("grants of the same name by two grantors are compared together", () => {
  const other = { ...grant, definition: "from c" };
  assertEquals(compareCatalogs([grant, other], [other, grant], sides), []);
  assertEquals(compareCatalogs([grant, other], [grant], sides).length, 1);
});

const grantTo = (role: string, object = "table public.workflow") => ({
  kind: "grant",
  name: `select on ${object} to ${role}`,
  definition: "without grant option",
});

Deno.test("a grant that appeared on an object of the engine is named", () => {
  assertEquals(
    compareGrants([grantTo("postgres")], [grantTo("postgres"), grantTo("anon")], sides),
    ["The grant select on table public.workflow to anon is only in the migrations"],
  );
});

Deno.test("grants on objects of others, and whatever is no grant, are left out", () => {
  const used = [grantTo("postgres"), grantTo("anon", "table public.profiles"), column];
  assertEquals(compareGrants([grantTo("postgres")], used, sides), []);
});

Deno.test("default privileges that changed are named", () => {
  const defaults = { kind: "default privileges", name: "of a in public on r", definition: "x" };
  assertEquals(compareGrants([], [defaults], sides).length, 1);
});
