import { assertEquals, assertStringIncludes } from "@std/assert";
import { complaintsAbout, rules } from "./conventions.ts";
import { filesBelow, repositoryRoot } from "./repository.ts";

const files = await Promise.all(
  (await filesBelow(repositoryRoot))
    .filter((path) => rules.some(({ appliesTo }) => appliesTo(path)))
    .map(async (path) => ({ path, text: await Deno.readTextFile(`${repositoryRoot}/${path}`) })),
);

for (const rule of rules) {
  Deno.test(`everywhere in the repository ${rule.name}`, () => {
    const complaints = files.filter(({ path }) => rule.appliesTo(path))
      .flatMap((file) => rule.complaints(file).map((complaint) => `${file.path} ${complaint}`));
    assertEquals(complaints, []);
  });
}

function assertComplaint(path: string, text: string, complaint: string) {
  assertStringIncludes(complaintsAbout({ path, text }).join("\n"), complaint);
}

function assertNoComplaint(path: string, text: string) {
  assertEquals(complaintsAbout({ path, text }), []);
}

Deno.test("a name in camelCase or with dashes is found", () => {
  assertComplaint("local/stackFile.ts", "", "snake_case");
  assertComplaint("local/stack-file.ts", "", "snake_case");
  assertNoComplaint("local/stack_file_test.ts", "");
  assertNoComplaint("supabase/tests/10_a/b_c.test.sql", "");
});

Deno.test("a name that says nothing is found", () => {
  assertComplaint("local/utils.ts", "", "says nothing");
  assertNoComplaint("supabase/seeds/test_helpers.sql", "");
});

Deno.test("a silenced compiler or linter is found in production code", () => {
  assertComplaint("local/a.ts", "// @ts-" + "ignore", "line 1");
  assertComplaint("local/a.ts", "\n// deno-lint-" + "ignore no-explicit-any", "line 2");
});

Deno.test("what is left to do is found", () => {
  assertComplaint("local/a.ts", "// TO" + "DO later", "line 1");
  assertComplaint("supabase/a.sql", "-- fix: FIX" + "ME", "line 1");
});

Deno.test("a skipped test is found", () => {
  assertComplaint("local/a_test.ts", "Deno.test." + 'ignore("a", a)', "line 1");
});

Deno.test("a path of one machine is found", () => {
  assertComplaint("local/a.ts", 'const a = "/home' + '/me/a";', "line 1");
  assertNoComplaint("docs/a.md", "https://example.com/home/page");
});

Deno.test("a function that imports from outside is found", () => {
  const path = "supabase/functions/workflow-cron/app.ts";
  assertComplaint(path, 'import { a } from "../../../local/a.ts";', 'imports "local/a.ts"');
  assertNoComplaint(path, 'import { a } from "../_shared/contract/a.ts";\nimport "npm:zod";');
});

Deno.test("an index.ts that does more than start its function is found", () => {
  assertComplaint("supabase/functions/a/index.ts", "a();\n".repeat(20), "20 lines");
  assertNoComplaint("supabase/functions/a/index.ts", "a();\n".repeat(19));
});

Deno.test("SQL in upper case is found, in bodies too", () => {
  assertComplaint("supabase/a.sql", "select 1;\nSELECT 2;", "line 2");
  assertComplaint("supabase/a.sql", "do $$\nBEGIN\nend $$", "line 2");
});

Deno.test("comments, literals, quoted names and placeholders of format() may have capitals", () => {
  assertNoComplaint(
    "supabase/a.sql",
    "-- A\n/* B */ select 'C', \"D\", format('%I', e'F''G'), $$%I$$;",
  );
});
