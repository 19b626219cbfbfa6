/**
 * The pages that define the engine are true: each of their examples runs, and comes to what the page
 * says. A section is one transaction, rolled back at its end.
 */
import { assertEquals } from "@std/assert";
import postgres from "postgres";
import { repositoryRoot } from "../../tools/repository.ts";
import {
  type Claim,
  type ClaimAnswer,
  claimAnswer,
} from "../../supabase/functions/_shared/contract/claim.ts";
import { fillTemplate } from "../../supabase/functions/workflow-cron/template.ts";
import { type CodeBlock, readCodeBlocks } from "../../tools/code_blocks.ts";

const PAGES = ["docs/reference/definition.md", "docs/explanation/state_machine.md"];

for (const page of PAGES) {
  Deno.test(`the examples of ${page} come to what it says`, async (t) => {
    const text = await Deno.readTextFile(`${repositoryRoot}/${page}`);
    for (const section of text.split(/^(?=#{1,4} )/m)) {
      const blocks = readCodeBlocks(section, ["sql", "json"]);
      if (blocks.length === 0) continue;
      await t.step(section.split("\n", 1)[0] ?? page, () => playSection(blocks));
    }
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

/** Runs the SQL of a section and compares each JSON block with what stands before it. */
async function playSection(blocks: readonly CodeBlock[]): Promise<void> {
  await inTransaction(async (sql) => {
    let value: unknown;
    for (const { language, code } of blocks) {
      if (language === "json") assertEquals(value, JSON.parse(code));
      else value = await runExample(sql, code);
    }
  });
}

/** What a block of SQL comes to: the statuses of the run it started, or the value it selects. */
async function runExample(sql: postgres.Sql, code: string): Promise<unknown> {
  const results: unknown = await sql.unsafe(code).simple();
  await sql`select test.age_versions()`;
  if (!code.includes("workflow_emit(")) return lastValue(results);
  await workOff(sql);
  const [row] = await sql`
    select test.statuses(r.id) as statuses from public.workflow_run r order by r.id desc limit 1`;
  return row?.statuses;
}

/** Runs whatever is due until nothing is. */
async function workOff(sql: postgres.Sql): Promise<void> {
  for (let results: Record<string, unknown>[] = [];;) {
    const [row] = await sql`
      select public.workflow_report('pages', ${sql.json(results as never)}, '[]', 100) as answer`;
    const answer = claimAnswer.parse(row?.answer);
    if (answer.claims.length === 0) return;
    results = answer.claims.map((claim) => runAttempt(answer, claim));
  }
}

/** Whatever is at broken.example.com fails; all else returns its payload, as the handler log does. */
function runAttempt({ actions }: ClaimAnswer, { id, attempt, action: key, values }: Claim) {
  const action = actions[key];
  if (action === undefined) throw new Error(`Cannot find the action "${key}" of a claim`);
  const { payload, targetEndpoint } = fillTemplate(action, values, () => "a secret of the page");
  return targetEndpoint?.startsWith("https://broken.example.com/")
    ? { id, attempt, status: "failed", error: "It is broken", final: true }
    : { id, attempt, status: "completed", output: payload };
}

/** The one value of the last statement's one row. */
function lastValue(results: unknown): unknown {
  if (!Array.isArray(results)) return undefined;
  const last: unknown = results.at(-1);
  if (Array.isArray(last)) return lastValue(last);
  return typeof last === "object" && last !== null ? Object.values(last)[0] : undefined;
}

async function inTransaction(play: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const sql = postgres(Deno.env.get("DATABASE_URL") ?? "", { max: 1, onnotice: () => {} });
  try {
    await sql`begin`;
    await play(sql);
  } finally {
    await sql.end();
  }
}
