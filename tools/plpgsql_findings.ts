import postgres from "postgres";
import { z } from "zod";
import { failed, joinOutcomes, type Outcome, passed } from "./outcome.ts";

const checked = z.object({ name: z.string(), findings: z.array(z.string()) });

/**
 * What plpgsql_check finds in each PL/pgSQL function of ours, a check each. A trigger's function is
 * checked with each table that fires it, among them one that is attached for the while.
 */
export async function checkPlpgsql(superuserUrl: string): Promise<Outcome> {
  const query = await Deno.readTextFile(new URL("plpgsql_findings.sql", import.meta.url));
  const sql = postgres(superuserUrl, { max: 1, onnotice: () => {} });
  try {
    await sql`create extension if not exists plpgsql_check with schema extensions`;
    await sql`create table public.attached (id integer primary key)`;
    await sql`select public.workflow_attach('public.attached')`;
    const functions = checked.array().parse([...await sql.unsafe(query)]);
    return joinOutcomes(
      functions.map(({ name, findings }) =>
        findings.length === 0 ? passed() : failed(name, findings.join("\n"))
      ),
    );
  } finally {
    await sql`drop table if exists public.attached`;
    await sql.end();
  }
}
