import type { TestStack } from "./stack.ts";
import { uniqueName } from "./unique_name.ts";
import { until } from "./until.ts";

/** An application's table whose changes are events. */
export interface AttachedTable extends AsyncDisposable {
  /** In schema public. */
  readonly name: string;
  /** The name of the event that an insert is. */
  readonly inserted: string;
}

/**
 * Makes a table with row-level security, in which signed-in users have rows of their own, and
 * attaches it. It is dropped in the end.
 */
export async function createTable(stack: TestStack): Promise<AttachedTable> {
  const { db } = stack;
  const name = uniqueName("notes");
  await db.unsafe(`
    create table public.${name} (
      id bigint generated always as identity primary key,
      owner uuid default auth.uid(),
      name text,
      data jsonb
    );
    alter table public.${name} enable row level security;
    create policy "Users have rows of their own" on public.${name} to authenticated
      using (owner = auth.uid()) with check (owner = auth.uid());
    select public.workflow_attach('public.${name}');
  `);
  await untilApiKnows(stack, name);
  return {
    name,
    inserted: `public.${name}.insert`,
    [Symbol.asyncDispose]: async () => {
      await db.unsafe(`
        select public.workflow_detach('public.${name}');
        drop table public.${name};
      `);
    },
  };
}

/** Tells the Data API of a new table, and waits until it knows it. */
export async function untilApiKnows({ db, service }: TestStack, table: string): Promise<void> {
  await db`notify pgrst, 'reload schema'`;
  await until("the Data API to know the table", async () => {
    const { error } = await service.from(table).select("id").limit(1);
    return error === null;
  });
}
