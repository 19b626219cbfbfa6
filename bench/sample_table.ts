import type { Database } from "../local/postgres/database.ts";

/** Creates a table of ten columns, as an application on Supabase has many. */
export async function createTable(db: Database, name: string): Promise<void> {
  await db`
    create table public.${db(name)} (
      id uuid primary key default gen_random_uuid(),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      user_id uuid not null default gen_random_uuid(),
      email text not null,
      full_name text,
      status text not null default 'new',
      amount numeric(12, 2) not null default 0,
      is_active boolean not null default true,
      metadata jsonb not null default '{}'
    )`;
}

/** Inserts that many rows with one statement. */
export async function insertRows(db: Database, name: string, count: number): Promise<void> {
  await db`
    insert into public.${db(name)} (email, full_name, amount)
    select 'user' || i || '@example.com', 'User ' || i, i % 100
    from generate_series(1, ${count}::integer) i`;
}

/** An action of a definition, as far as the bench sets it. */
export interface SampleAction {
  readonly type: string;
  readonly payload: Record<string, string>;
  readonly targetEndpoint?: string;
}

/** Attaches a table and starts a workflow of one action for each row that is inserted into it. */
export async function createWorkflow(
  db: Database,
  table: string,
  { type, payload, targetEndpoint }: SampleAction,
): Promise<void> {
  await db`select public.workflow_attach(${`public.${table}`}::regclass)`;
  await db`
    with definition as (
      insert into public.workflow (name, trigger)
      values (${table}, ${`public.${table}.insert`})
      returning id
    )
    insert into public.workflow_action (workflow_id, name, action_type, target_endpoint, payload)
    select d.id, 'action', ${type}, ${targetEndpoint ?? null}, ${db.json(payload)}
    from definition d`;
}
