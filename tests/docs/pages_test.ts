/**
 * The pages are true: each of their examples runs, and comes to what the page says. A section of a
 * page that defines the engine, and a how-to page as a whole, is one transaction, rolled back at its
 * end.
 */
import { assertEquals, assertNotEquals } from "@std/assert";
import { readCodeBlocks } from "../../tools/code_blocks.ts";
import { repositoryRoot } from "../../tools/repository.ts";
import { inTransaction, playBlocks } from "./play_page.ts";

const BY_SECTION = [
  "docs/reference/definition.md",
  "docs/reference/waiting.md",
  "docs/reference/steering.md",
  "docs/explanation/state_machine.md",
];

const AS_A_WHOLE = [
  "docs/how-to/wait_for_a_payment.md",
  "docs/how-to/stop_reminders.md",
  "docs/how-to/replay_failures.md",
];

for (const page of BY_SECTION) {
  Deno.test(`the examples of ${page} come to what it says`, async (t) => {
    const text = await Deno.readTextFile(`${repositoryRoot}/${page}`);
    for (const section of readSections(text)) {
      const blocks = readCodeBlocks(section, ["sql", "json", "text"]);
      if (blocks.length === 0) continue;
      await t.step(section.trim().split("\n", 1)[0] ?? page, () => playBlocks(blocks));
    }
  });
}

for (const page of AS_A_WHOLE) {
  Deno.test(`the examples of ${page} come, one after the other, to what it says`, async () => {
    const text = await Deno.readTextFile(`${repositoryRoot}/${page}`);
    const blocks = readCodeBlocks(text, ["sql", "json", "text"]);
    assertNotEquals(blocks, []);
    await playBlocks(blocks);
  });
}

Deno.test("docs/reference/definition.md has every field of a document, and no other", async () => {
  const text = await Deno.readTextFile(`${repositoryRoot}/docs/reference/definition.md`);
  const documented = [...text.matchAll(/^\| `(\w+)` +\|/gm)].map(([, field]) => field ?? "");
  await inTransaction(async (sql) => {
    const fields = await sql`
      select distinct c.column_name as name
      from information_schema.columns c
      where c.table_schema = 'public' and c.table_name in ('workflow', 'workflow_action')
        and c.column_name not in ('id', 'workflow_id', 'version', 'is_active', 'created_at', 'updated_at')`;
    const names = fields.map(({ name }) => String(name));
    assertEquals([...new Set(documented)].toSorted(), [...names, "actions"].toSorted());
  });
});

Deno.test("docs/reference/waiting.md has every field of the actions that wait, and no other", async () => {
  const text = await Deno.readTextFile(`${repositoryRoot}/docs/reference/waiting.md`);
  const documented = readSections(text).flatMap((section) => {
    const [table = ""] = section.split("```", 1);
    const [, type] = /^\s*## (\w+)$/m.exec(table) ?? [];
    return [...table.matchAll(/^\| `(\w+)` +\| (\w+|`[^`]+`)/gm)]
      .map(([, field, value]) => `${type} ${field} ${value === "required"}`);
  });
  await inTransaction(async (sql) => {
    const rows = await sql`
      select format('%s %s %s', t.action_type, f.name, f.is_required::text) as line
      from unnest(array['sleep', 'sleep_until', 'wait_for_event', 'approval', 'start_workflow']) t (action_type),
        workflow_engine.wait_fields(t.action_type) f`;
    assertEquals(documented.toSorted(), rows.map(({ line }) => String(line)).toSorted());
  });
});

Deno.test("docs/explanation/state_machine.md lists exactly the transitions of the database", async () => {
  const text = await Deno.readTextFile(`${repositoryRoot}/docs/explanation/state_machine.md`);
  const table = /^\| from +\| to +\|[^\n]*\n([\s\S]*?)\n\n/m.exec(text)?.[1] ?? "";
  const documented = [...table.matchAll(/^\| `(\w+)` +\| `(\w+)` +\| (.*?) +\|$/gm)]
    .map(([, from, to, cause]) => `${from} -> ${to}: ${cause}`);
  await inTransaction(async (sql) => {
    const rows = await sql`
      select format('%s -> %s: %s', from_status, to_status, cause) as line
      from workflow_engine.action_log_transition`;
    assertEquals(documented.toSorted(), rows.map(({ line }) => String(line)).toSorted());
  });
});

/** Each section with the lines before it as empty ones, so that its blocks know their lines. */
function readSections(page: string): string[] {
  const sections = page.split(/^(?=#{1,4} )/m);
  return sections.map((section, index) =>
    "\n".repeat(sections.slice(0, index).join("").split("\n").length - 1) + section
  );
}
