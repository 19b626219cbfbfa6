/** The contract's definition document and the tables that it is written to say the same. */
import { assertEquals } from "@std/assert";
import postgres from "postgres";
import { z } from "zod";
import {
  actionDefinition,
  workflowDefinition,
} from "../../supabase/functions/_shared/contract/definition.ts";

/** What the engine fills in itself. */
const OWN_COLUMNS = ["id", "workflow_id", "version", "created_at", "updated_at"];

const TYPES: Readonly<Record<string, string>> = {
  "bigint": "integer",
  "boolean": "boolean",
  "integer": "integer",
  "interval": "string",
  "jsonb": "object",
  "numeric": "number",
  "smallint": "integer",
  "text": "string",
  "text[]": "array",
};

interface Column {
  readonly type: string | undefined;
  readonly isNullable: boolean;
  readonly standard: unknown;
}

const types = z.union([z.string(), z.array(z.string())]).default([]).transform((type) =>
  [type].flat()
);

const jsonSchema = z.object({
  properties: z.record(
    z.string(),
    z.object({
      type: types,
      anyOf: z.array(z.object({ type: types })).default([]),
      default: z.unknown().optional(),
    }),
  ),
});

function readContract(schema: z.ZodType, leftOut: string[]): Record<string, Column> {
  const { properties } = jsonSchema.parse(z.toJSONSchema(schema, { io: "input" }));
  return Object.fromEntries(
    Object.entries(properties).filter(([name]) => !leftOut.includes(name))
      .map(([name, { type, anyOf, default: standard }]) => {
        const allowed = [...type, ...anyOf.flatMap(({ type }) => type)];
        return [name, {
          type: allowed.find((type) => type !== "null"),
          isNullable: allowed.includes("null"),
          standard: standard ?? null,
        }];
      }),
  );
}

async function readColumns(
  sql: postgres.Sql,
  table: string,
  leftOut: string[],
): Promise<Record<string, Column>> {
  const rows = await sql`
    select a.attname as name, pg_catalog.format_type(a.atttypid, null) as type, a.attnotnull as "isRequired",
      workflow_engine.column_defaults(${table}::text::regclass) -> a.attname as standard
    from pg_catalog.pg_attribute a
    where a.attrelid = ${table}::text::regclass and a.attnum > 0 and not a.attisdropped`;
  return Object.fromEntries(
    rows.filter(({ name }) => ![...OWN_COLUMNS, ...leftOut].includes(name))
      .map(({ name, type, isRequired, standard }) => [name, {
        type: TYPES[type],
        isNullable: !isRequired,
        standard: standard ?? null,
      }]),
  );
}

for (
  const [table, schema, { fields, columns }] of [
    ["public.workflow", workflowDefinition, { fields: ["actions"], columns: [] }],
    ["public.workflow_action", actionDefinition, { fields: [], columns: ["organization_id"] }],
  ] satisfies [string, z.ZodType, { fields: string[]; columns: string[] }][]
) {
  Deno.test(`the fields, types and defaults of a document are those of ${table}`, async () => {
    const sql = postgres(Deno.env.get("DATABASE_URL") ?? "", { max: 1, onnotice: () => {} });
    try {
      assertEquals(readContract(schema, fields), await readColumns(sql, table, columns));
    } finally {
      await sql.end();
    }
  });
}
