import type { AttachedTable } from "./attached_table.ts";
import type { TestStack } from "./stack.ts";

/** Inserts rows into an attached table by one statement, as an application's server does. */
export async function insertRows(
  { service }: TestStack,
  table: AttachedTable,
  rows: readonly { readonly name?: string; readonly data?: unknown }[] = [{ name: "a row" }],
): Promise<void> {
  await service.from(table.name).insert(rows).throwOnError();
}
