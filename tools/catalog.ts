import postgres from "postgres";
import { z } from "zod";

const catalogEntry = z.object({ kind: z.string(), name: z.string(), definition: z.string() });

/** One thing that a database defines: a column, a function, a grant, … */
export type CatalogEntry = z.infer<typeof catalogEntry>;

/** Everything that a database defines, as `catalog.sql` lists it, cron jobs included. */
export async function readCatalog(databaseUrl: string): Promise<CatalogEntry[]> {
  const text = await Deno.readTextFile(new URL("catalog.sql", import.meta.url));
  const sql = postgres(databaseUrl, {
    max: 1,
    onnotice: () => {},
    connection: { search_path: "" },
  });
  try {
    const objects = await sql.unsafe(text);
    return catalogEntry.array().parse([...objects, ...await readCronJobs(sql)]);
  } finally {
    await sql.end();
  }
}

async function readCronJobs(sql: postgres.Sql): Promise<readonly unknown[]> {
  const [found] = await sql`select to_regclass('cron.job') is not null as cron`;
  if (found?.cron !== true) return [];
  return await sql`
    select 'cron job' as kind, jobname as name,
      concat_ws(' ', 'at', schedule, 'as', username, 'runs', command, 'active', active) as definition
    from cron.job`;
}

/** What two catalogs are called when they are compared: "the schemas", "the migrations". */
export interface Sides {
  readonly left: string;
  readonly right: string;
}

/** Every difference between two catalogs, as sentences. */
export function compareCatalogs(
  left: readonly CatalogEntry[],
  right: readonly CatalogEntry[],
  sides: Sides,
): string[] {
  const leftByName = byName(left);
  const rightByName = byName(right);
  return [...new Set([...leftByName.keys(), ...rightByName.keys()])].sort().flatMap((name) => {
    const a = leftByName.get(name);
    const b = rightByName.get(name);
    if (a === b) return [];
    if (a === undefined) return [`The ${name} is only in ${sides.right}`];
    if (b === undefined) return [`The ${name} is only in ${sides.left}`];
    return [`The ${name} differs: ${firstDifference(a, b, sides)}`];
  });
}

/**
 * Who may do what to the engine's objects on one side only, as sentences. Objects that only the
 * right side has (what tests or an application created) are left out.
 */
export function compareGrants(
  engine: readonly CatalogEntry[],
  used: readonly CatalogEntry[],
  sides: Sides,
): string[] {
  const objects = new Set(engine.filter(isGrant).map(({ name }) => grantedObject(name)));
  const relevant = (entry: CatalogEntry) =>
    entry.kind === "default privileges" ||
    (isGrant(entry) && objects.has(grantedObject(entry.name)));
  return compareCatalogs(engine.filter(relevant), used.filter(relevant), sides);
}

function isGrant({ kind }: CatalogEntry): boolean {
  return kind === "grant";
}

/** The object in "select on table public.workflow to anon". */
function grantedObject(name: string): string {
  return /^\S+ on (.*) to [^ ]+$/.exec(name)?.[1] ?? name;
}

/** Definitions by kind and name; those of the same name (overlapping grants) as one text. */
function byName(catalog: readonly CatalogEntry[]): Map<string, string> {
  const groups = Map.groupBy(catalog, ({ kind, name }) => `${kind} ${name}`);
  return new Map(
    [...groups].map(([name, all]) => [name, all.map((e) => e.definition).sort().join("\n")]),
  );
}

function firstDifference(left: string, right: string, sides: Sides): string {
  const lefts = left.split("\n");
  const rights = right.split("\n");
  const at = lefts.findIndex((line, index) => line !== rights[index]);
  const line = at === -1 ? lefts.length : at;
  const place = lefts.length > 1 || rights.length > 1 ? `line ${line + 1} is ` : "it is ";
  return `${place}${quoted(lefts[line])} in ${sides.left} and ${
    quoted(rights[line])
  } in ${sides.right}`;
}

function quoted(line: string | undefined): string {
  return line === undefined ? "absent" : `"${line.trim()}"`;
}
