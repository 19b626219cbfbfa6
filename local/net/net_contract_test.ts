/** What pg_net promises, held against the local stack or the database of CONTRACT_DB_URL. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  openContractDatabase,
  readArguments,
  sqlState,
  untilRow,
} from "../contract/contract_database.ts";
import { listen } from "../contract/listening_server.ts";
import type { Database } from "../postgres/database.ts";

interface Response {
  readonly status_code: number | null;
  readonly content_type: string | null;
  readonly headers: Record<string, string> | null;
  readonly content: string | null;
  readonly timed_out: boolean | null;
  readonly error_msg: string | null;
}

async function responseTo(db: Database, id: string): Promise<Response> {
  return await untilRow(
    () => db<Response[]>`select * from net._http_response where id = ${id}`,
    10,
  );
}

async function get(db: Database, url: string, timeoutMs = 5000): Promise<string> {
  const [row] = await db`select net.http_get(${url}, timeout_milliseconds => ${timeoutMs}) as id`;
  return String(row?.id);
}

const ok = () => Response.json({ ok: true });

Deno.test("pg_net: the functions have the published arguments and defaults", async () => {
  await using db = await openContractDatabase();
  assertEquals(
    await readArguments(db, "net.http_get(text,jsonb,jsonb,int)"),
    "url text, params jsonb DEFAULT '{}'::jsonb, headers jsonb DEFAULT '{}'::jsonb, " +
      "timeout_milliseconds integer DEFAULT 5000",
  );
  assertEquals(
    await readArguments(db, "net.http_post(text,jsonb,jsonb,jsonb,int)"),
    "url text, body jsonb DEFAULT '{}'::jsonb, params jsonb DEFAULT '{}'::jsonb, " +
      `headers jsonb DEFAULT '{"Content-Type": "application/json"}'::jsonb, ` +
      "timeout_milliseconds integer DEFAULT 5000",
  );
  assertEquals(
    await readArguments(db, "net.http_delete(text,jsonb,jsonb,int,jsonb)"),
    "url text, params jsonb DEFAULT '{}'::jsonb, headers jsonb DEFAULT '{}'::jsonb, " +
      "timeout_milliseconds integer DEFAULT 5000, body jsonb DEFAULT NULL::jsonb",
  );
});

Deno.test("pg_net: queue and responses are unlogged, and any role may read them", async () => {
  await using db = await openContractDatabase();
  const rows = await db`
    select c.relname, c.relpersistence, has_table_privilege('anon', c.oid, 'select') as readable
    from pg_class c
    where c.oid in ('net.http_request_queue'::regclass, 'net._http_response'::regclass)
    order by c.relname`;
  assertEquals([...rows], [
    { relname: "_http_response", relpersistence: "u", readable: true },
    { relname: "http_request_queue", relpersistence: "u", readable: true },
  ]);
});

Deno.test("pg_net: a post carries its JSON body, its headers and its encoded parameters", async () => {
  await using db = await openContractDatabase();
  await using server = listen(ok);
  await db`
    select net.http_post(
      ${`${server.url}/post`},
      body => '{"b": [1, null]}',
      params => '{"name": "Ada & Co/ä"}',
      headers => '{"X-Test": "yes"}'
    )`;
  const [arrival] = await server.arrived("/post");
  assert(arrival !== undefined);
  assertEquals(arrival.method, "POST");
  assertEquals(JSON.parse(arrival.body), { b: [1, null] });
  // libcurl writes the digits of an escape in lower or in upper case, as its version does.
  assertEquals(arrival.query.toLowerCase(), "?name=ada%20%26%20co%2f%c3%a4");
  assertEquals(arrival.headers.get("x-test"), "yes");
  assertEquals(arrival.headers.get("content-type"), "application/json");
  assertStringIncludes(arrival.headers.get("user-agent") ?? "", "pg_net");
});

Deno.test("pg_net: a get has no body, a delete may have one", async () => {
  await using db = await openContractDatabase();
  await using server = listen(ok);
  await get(db, `${server.url}/get`);
  await db`select net.http_delete(${`${server.url}/delete`}, body => '{"id": 1}')`;
  const [got] = await server.arrived("/get");
  const [deleted] = await server.arrived("/delete");
  assertEquals([got?.method, got?.body], ["GET", ""]);
  assertEquals([deleted?.method, deleted?.body], ["DELETE", '{"id": 1}']);
});

Deno.test("pg_net: a content type other than JSON is refused", async () => {
  await using db = await openContractDatabase();
  await assertRejects(
    () =>
      db`select net.http_post('http://127.0.0.1/', headers => '{"content-type": "text/plain"}')`,
    Error,
    'Content-Type header must be "application/json"',
  );
});

Deno.test("pg_net: a method other than get, post and delete does not enter the queue", async () => {
  await using db = await openContractDatabase();
  const state = await sqlState(db`
    insert into net.http_request_queue (method, url, timeout_milliseconds)
    values ('PATCH', 'http://127.0.0.1/', 1)`);
  assertEquals(state, "23514");
});

Deno.test("pg_net: the response is kept with status, headers and content", async () => {
  await using db = await openContractDatabase();
  await using server = listen(() =>
    new Response("brewed", { status: 418, headers: { "content-type": "text/tea", "x-pot": "1" } })
  );
  const response = await responseTo(db, await get(db, `${server.url}/tea`));
  assertEquals(response.status_code, 418);
  assertEquals(response.content, "brewed");
  assertEquals(response.content_type, "text/tea");
  assertEquals(response.headers?.["x-pot"], "1");
  assertEquals([response.timed_out, response.error_msg], [false, null]);
});

Deno.test("pg_net: a redirect is followed", async () => {
  await using db = await openContractDatabase();
  await using server = listen((path) =>
    path === "/from"
      ? new Response(null, { status: 302, headers: { location: "/to" } })
      : new Response("arrived")
  );
  const response = await responseTo(db, await get(db, `${server.url}/from`));
  assertEquals([response.status_code, response.content], [200, "arrived"]);
});

Deno.test("pg_net: a request that takes too long has timed out, with a sentence", async () => {
  await using db = await openContractDatabase();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await using server = listen(async () => {
    await released;
    return new Response();
  });
  const response = await responseTo(db, await get(db, `${server.url}/slow`, 200));
  release();
  assertEquals([response.timed_out, response.status_code], [true, null]);
  assertMatch(response.error_msg ?? "", /^Timeout of 200 ms reached/);
});

Deno.test("pg_net: a refused connection is an error and no time-out", async () => {
  await using db = await openContractDatabase();
  const response = await responseTo(db, await get(db, "http://127.0.0.1:1/"));
  assertEquals([response.timed_out, response.status_code], [false, null]);
  assert(response.error_msg !== null);
});

Deno.test("pg_net: a request leaves when its transaction commits, not before", async () => {
  await using db = await openContractDatabase();
  await using server = listen(ok);
  await db.begin(async (transaction) => {
    await transaction`select net.http_get(${`${server.url}/held`})`;
    await get(db, `${server.url}/free`);
    await server.arrived("/free");
    assertEquals(server.arrivals.map(({ path }) => path), ["/free"]);
  });
  await server.arrived("/held");
});

Deno.test("pg_net: a request whose transaction rolls back never leaves", async () => {
  await using db = await openContractDatabase();
  await using server = listen(ok);
  await assertRejects(() =>
    db.begin(async (transaction) => {
      await transaction`select net.http_get(${`${server.url}/undone`})`;
      throw new Error("roll back");
    })
  );
  await get(db, `${server.url}/later`);
  await server.arrived("/later");
  assertEquals(server.arrivals.map(({ path }) => path), ["/later"]);
});

/**
 * A worker is idle after a batch, a rest of a second, a batch that found nothing and another rest:
 * when nothing is queued, and nothing has been answered for so long. Other traffic may wake it again.
 */
async function untilIdle(db: Database): Promise<void> {
  await untilRow(
    () =>
      db`
        select
        where not exists (select from net.http_request_queue)
          and not exists (
            select from net._http_response r where r.created > now() - interval '2.5 seconds'
          )`,
    30,
  );
}

Deno.test("pg_net: an idle worker sends at once", async () => {
  await using db = await openContractDatabase();
  await using server = listen(ok);
  let quickest = Infinity;
  for (const attempt of [1, 2, 3, 4]) {
    await untilIdle(db);
    const begun = performance.now();
    await get(db, `${server.url}/${attempt}`);
    const [arrival] = await server.arrived(`/${attempt}`);
    quickest = Math.min(quickest, (arrival?.at ?? Infinity) - begun);
    if (quickest < 250) return;
  }
  throw new Error(`The quickest of four took ${quickest} ms`);
});

Deno.test("pg_net: a busy worker sends batches of 200, a second apart", async () => {
  await using db = await openContractDatabase();
  await using server = listen(ok);
  await db`select net.http_get(${server.url} || '/' || i) from generate_series(1, 450) i`;
  const times = (await server.arrived("/", 450)).map(({ at }) => at).toSorted((a, b) => a - b);
  const pauses = times.slice(1).flatMap((at, i) => at - (times[i] ?? at) > 500 ? [i + 1] : []);
  assert(pauses.length >= 2, `450 requests came in ${pauses.length + 1} batches`);
  const starts = [0, ...pauses, times.length];
  const sizes = starts.slice(1).map((end, i) => end - (starts[i] ?? 0));
  assert(Math.max(...sizes) <= 200, `a batch had ${Math.max(...sizes)} requests`);
});
