import { assertRejects } from "@std/assert";
import postgres from "postgres";
import type { CodeBlock } from "../../tools/code_blocks.ts";
import { assertSays } from "../assert_says.ts";
import { sqlValue } from "../sql_value.ts";
import { workOff } from "./work_off.ts";

/**
 * Plays the blocks of a page in one transaction, which is rolled back. After each block of SQL what
 * is due is worked off. A block of JSON behind it says what it came to, a block of text how it fails.
 */
export async function playBlocks(blocks: readonly CodeBlock[]): Promise<void> {
  await inTransaction(async (sql) => {
    let value: unknown;
    for (const [index, { language, code, line }] of blocks.entries()) {
      if (language !== "sql") {
        assertSays(value, language === "json" ? JSON.parse(code) : code.trimEnd(), line);
      } else if (blocks[index + 1]?.language === "text") value = await failingExample(sql, code);
      else value = await runExample(sql, code);
    }
  });
}

/** Does something in a transaction that is rolled back. */
export async function inTransaction(play: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const sql = postgres(Deno.env.get("DATABASE_URL") ?? "", { max: 1, onnotice: () => {} });
  try {
    await sql`begin`;
    await play(sql);
  } finally {
    await sql.end();
  }
}

/** What a block of SQL comes to: the statuses of the run that it started, or the value it selects. */
async function runExample(sql: postgres.Sql, code: string): Promise<unknown> {
  const value = await sqlValue(sql, code);
  await workOff(sql);
  if (!code.includes("workflow_emit(")) return value;
  const [row] = await sql`
    select test.statuses((${sql.json(value as never)}::jsonb #>> '{runs,0,id}')::uuid) as statuses`;
  return row?.statuses;
}

/** The error that a block of SQL must raise, as psql prints it. */
async function failingExample(sql: postgres.Sql, code: string): Promise<string> {
  await sql`savepoint example`;
  const error = await assertRejects(() => sql.unsafe(code).simple(), postgres.PostgresError);
  await sql`rollback to example`;
  return describeError(error);
}

function describeError({ message, detail, hint }: postgres.PostgresError): string {
  return [`ERROR:  ${message}`, `DETAIL:  ${detail}`, `HINT:  ${hint}`].join("\n");
}
