import { assertEquals, assertStringIncludes } from "@std/assert";
import { composeMigration, initialMigration, migrationProblem } from "./migration.ts";

async function withRepository(
  files: Record<string, string>,
  test: (root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${root}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
      await Deno.writeTextFile(`${root}/${path}`, text);
    }
    await test(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const schemas = {
  "supabase/schemas/order.txt": "00_a/b.sql\n",
  "supabase/schemas/00_a/b.sql": "select 1;\n",
};
const written = composeMigration([{ path: "00_a/b.sql", text: "select 1;\n" }]);

Deno.test("the migration holds every file whole, under its name", () => {
  assertStringIncludes(written, "-- 00_a/b.sql\n\nselect 1;\n");
});

Deno.test("a migration that says what the schemas say has no problem", () =>
  withRepository(
    { ...schemas, [`supabase/migrations/${initialMigration}`]: written },
    async (root) => {
      assertEquals(await migrationProblem(root), undefined);
    },
  ));

Deno.test("a migration older than the schemas is noticed", () =>
  withRepository(
    { ...schemas, [`supabase/migrations/${initialMigration}`]: written + "select 2;\n" },
    async (root) => {
      assertStringIncludes(await migrationProblem(root) ?? "", "is older than supabase/schemas");
    },
  ));

Deno.test("a missing migration is noticed", () =>
  withRepository(schemas, async (root) => {
    assertStringIncludes(await migrationProblem(root) ?? "", "Cannot find");
  }));

Deno.test("a second migration before the first release is refused", () =>
  withRepository(
    {
      ...schemas,
      [`supabase/migrations/${initialMigration}`]: written,
      "supabase/migrations/20270101000000_more.sql": "select 1;\n",
    },
    async (root) => {
      assertStringIncludes(await migrationProblem(root) ?? "", "20270101000000_more.sql");
    },
  ));
