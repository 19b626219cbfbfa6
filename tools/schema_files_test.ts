import { assertEquals } from "@std/assert";
import { orderProblem, parseOrder } from "./schema_files.ts";

Deno.test("the order is a path a line, without empty lines and remarks", () => {
  assertEquals(parseOrder("# first\n00_a/b.sql\n\n  10_b/c.sql\n"), ["00_a/b.sql", "10_b/c.sql"]);
});

Deno.test("a complete list in order has no problem", () => {
  assertEquals(
    orderProblem(["00_a/z.sql", "00_a/b.sql", "10_b/c.sql"], [
      "00_a/b.sql",
      "00_a/z.sql",
      "10_b/c.sql",
    ]),
    undefined,
  );
});

Deno.test("a file that the list forgets is named", () => {
  assertEquals(
    orderProblem(["00_a/b.sql"], ["00_a/b.sql", "00_a/c.sql"]),
    '"00_a/c.sql" is missing from supabase/schemas/order.txt',
  );
});

Deno.test("a file that does not exist is named", () => {
  assertEquals(
    orderProblem(["00_a/b.sql"], []),
    'supabase/schemas/order.txt names "00_a/b.sql", which does not exist',
  );
});

Deno.test("a file listed twice is named", () => {
  assertEquals(
    orderProblem(["00_a/b.sql", "00_a/b.sql"], ["00_a/b.sql"]),
    'supabase/schemas/order.txt names "00_a/b.sql" twice',
  );
});

Deno.test("a file after a later chapter is named", () => {
  assertEquals(
    orderProblem(["10_b/c.sql", "00_a/b.sql"], ["00_a/b.sql", "10_b/c.sql"]),
    'supabase/schemas/order.txt names "00_a/b.sql" after a file of a later chapter',
  );
});
