import type { Database } from "../postgres/database.ts";
import { type QueuedRequest, queuedRequest, type Reply } from "./request.ts";

/** How many requests are sent at once, and how long responses are kept, as in pg_net. */
const BATCH_SIZE = 200;
const TIME_TO_LIVE = "6 hours";

/**
 * Whether this database has the stand-in. The real pg_net has a worker of its own and is written
 * in C.
 */
export async function hasStandIn(db: Database): Promise<boolean> {
  const [row] = await db`
    select exists (
      select
      from pg_proc p
      join pg_language l on l.oid = p.prolang
      where p.oid = to_regprocedure('net.wake()') and l.lanname <> 'c'
    ) as found`;
  return row?.found === true;
}

/**
 * Takes a batch of requests from the queue, sends them all at once and writes the responses, in
 * one transaction, as pg_net does: a worker that dies in between leaves the queue as it was.
 *
 * @returns How many rows it took from either table; none means that there is nothing to do.
 */
export async function sendBatch(
  db: Database,
  send: (request: QueuedRequest) => Promise<Reply>,
): Promise<number> {
  return await db.begin(async (transaction) => {
    const expired = await transaction`
      delete from net._http_response
      where ctid = any (array(
        select r.ctid
        from net._http_response r
        where r.created < now() - ${TIME_TO_LIVE}::interval
        order by r.created
        limit ${BATCH_SIZE}
      ))`;
    const rows = await transaction`
      delete from net.http_request_queue
      where id = any (array(
        select q.id
        from net.http_request_queue q
        order by q.id
        limit ${BATCH_SIZE}
        for update skip locked
      ))
      returning id, upper(method) as method, url, headers, body, timeout_milliseconds as timeout_ms`;
    const replies = await Promise.all(
      rows.map((row) => queuedRequest.parse(row)).map(send),
    );
    if (replies.length > 0) {
      await transaction`
        insert into net._http_response
          (id, status_code, content_type, headers, content, timed_out, error_msg)
        select id, status_code, content_type, headers, content, timed_out, error_msg
        from jsonb_to_recordset(${transaction.json([...replies])}) as r (
          id bigint, status_code int, content_type text, headers jsonb, content text,
          timed_out boolean, error_msg text
        )`;
    }
    return expired.count + replies.length;
  });
}
