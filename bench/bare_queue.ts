import type { Database } from "../local/postgres/database.ts";

/** Rows that one statement of the loop takes. */
const BATCH = 500;

/**
 * How many items a second a queue without an engine moves: one table, one connection, claim a
 * batch, complete it. No attempts, leases, retries, runs, templates, HTTP. What the machine's
 * Postgres gives at most.
 */
export async function measureBareQueue(db: Database, items: number): Promise<number> {
  await db`drop table if exists bare_queue`;
  await db`
    create unlogged table bare_queue (
      id bigint generated always as identity primary key,
      status text not null default 'due',
      payload jsonb not null
    )`;
  await db`alter table bare_queue set logged`;
  await db`create index on bare_queue (id) where status = 'due'`;
  await db`
    insert into bare_queue (payload)
    select jsonb_build_object('email', 'user' || i || '@example.com')
    from generate_series(1, ${items}::integer) i`;
  const start = performance.now();
  for (let done = 0; done < items;) {
    const claimed = await db`
      update bare_queue q set status = 'taken'
      where q.id = any (array(
        select d.id from bare_queue d where d.status = 'due' order by d.id
        limit ${BATCH} for update skip locked
      ))
      returning q.id, q.payload`;
    await db`
      update bare_queue q set status = 'done' where q.id = any (${claimed.map(({ id }) => id)})`;
    done += claimed.length;
  }
  const seconds = (performance.now() - start) / 1000;
  await db`drop table bare_queue`;
  return items / seconds;
}
