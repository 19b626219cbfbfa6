import { assert, assertEquals, assertExists, assertMatch } from "@std/assert";
import { SignJWT } from "jose";
import type { Database } from "../postgres/database.ts";
import { spawnApi, type TestApi } from "./testing.ts";

const SCHEMA = `
  create table public.notes (id uuid primary key default gen_random_uuid(),
    author uuid not null default auth.uid(), body text, meta jsonb);
  alter table public.notes enable row level security;
  create policy "authors see their notes" on public.notes to authenticated
    using (author = auth.uid()) with check (author = auth.uid());
  create table public.hidden (id int primary key);
  revoke all on public.hidden from anon, authenticated, service_role;
  create schema private;
  create table private.secrets (id int primary key);
  grant usage on schema private to anon, authenticated, service_role;
  grant all on private.secrets to anon, authenticated, service_role;
  create function public.describe(value jsonb) returns jsonb language sql
    return jsonb_build_object('value', value, 'type', jsonb_typeof(value), 'role', current_user);
  create function public.fail(code text) returns void language plpgsql as $$ begin
    raise exception 'Cannot do it' using errcode = code, detail = 'a.key', hint = 'Do that';
  end $$;
  create function public.numbers() returns setof int language sql
    return generate_series(1, 2000);
  create function public.slow() returns text language sql return pg_sleep(20)::text;
  create function public.claims() returns jsonb language sql return auth.jwt();
`;

Deno.test("the gateway answers as a project's API does", async (t) => {
  await using functions = serveEcho();
  await using api = await spawnApi(functions.url);
  await api.migrations.unsafe(SCHEMA);
  assertEquals((await fetch(`${api.url}/_local/reload`, { method: "POST" })).status, 204);
  const before = await readAccessLists(api.migrations);
  const publishable = api.client();
  const secret = api.client(api.secrets.secret_key);

  await t.step("rpc takes objects and arrays as jsonb, in their own type", async () => {
    for (const value of [[1, "x", { y: null }], { a: "1", b: [true] }, [], {}]) {
      const { data } = await secret.rpc("describe", { value });
      const type = Array.isArray(value) ? "array" : "object";
      assertEquals(data, { value, type, role: "service_role" });
    }
  });

  await t.step("an error PTnnn is HTTP nnn with message, details and hint", async () => {
    for (const status of [400, 403, 404, 409, 422]) {
      const answer = await secret.rpc("fail", { code: `PT${status}` });
      assertEquals(answer.status, status);
      const { code, message, details, hint } = answer.error ?? {};
      assertEquals([code, message, details, hint], [
        `PT${status}`,
        "Cannot do it",
        "a.key",
        "Do that",
      ]);
    }
  });

  await t.step("a user signs up, signs in, and reads own rows only", async () => {
    const ada = { email: "ada@example.com", password: "correct horse" };
    const { data: { user } } = await publishable.auth.signUp(ada);
    assertExists(user);
    const client = api.client();
    const { error } = await client.auth.signInWithPassword(ada);
    assertEquals(error, null);
    const inserted = await client.from("notes").insert({ body: "Hi", meta: { tags: ["a"] } })
      .select().single();
    assertEquals([inserted.data?.author, inserted.data?.meta], [user.id, { tags: ["a"] }]);
    const bob = api.client();
    await bob.auth.signUp({ email: "bob@example.com", password: "correct horse" });
    assertEquals((await bob.from("notes").select()).data, []);
    assertEquals((await secret.from("notes").select()).data?.length, 1);
  });

  await t.step("a wrong password is refused", async () => {
    const wrong = { email: "ada@example.com", password: "wrong horse" };
    const { error } = await api.client().auth.signInWithPassword(wrong);
    assertEquals([error?.status, error?.code], [400, "invalid_credentials"]);
  });

  await t.step("row-level security refuses what a policy does not allow", async () => {
    const { status, error } = await api.client().from("notes").insert({ body: "Hi" });
    assertEquals([status, error?.code], [401, "42501"]);
  });

  await t.step("a token that carries claims shows them to SQL", async () => {
    const token = await sign({ role: "authenticated", organization_id: "acme" }, api);
    const client = api.client();
    const { data } = await client.rpc("claims").setHeader("authorization", `Bearer ${token}`);
    assertEquals(data.organization_id, "acme");
  });

  await t.step("a token of another secret is refused", async () => {
    const token = await new SignJWT({ role: "service_role" }).setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode("another-secret-that-is-long-enough-too"));
    const answer = await api.client().rpc("claims").setHeader("authorization", `Bearer ${token}`);
    assertEquals(answer.status, 401);
  });

  await t.step("a legacy key, which is a token, works as its role", async () => {
    for (const role of ["anon", "service_role"]) {
      const { data } = await api.client(await sign({ role }, api)).rpc("describe", { value: {} });
      assertEquals(data.role, role);
    }
  });

  await t.step("a request without a key, or with an unknown one, is refused", async () => {
    for (const headers of [{}, { apikey: "sb_secret_unknown" }]) {
      const response = await fetch(`${api.url}/rest/v1/notes`, { headers });
      assertEquals(response.status, 401);
      assertMatch((await response.json()).message, /API key/);
    }
  });

  await t.step("only the schema public is exposed", async () => {
    const { status, error } = await secret.schema("private").from("secrets").select();
    assertEquals([status, error?.code], [406, "PGRST106"]);
  });

  await t.step("no answer has more than 1000 rows", async () => {
    assertEquals((await secret.rpc("numbers")).data?.length, 1000);
  });

  await t.step("a statement is cancelled after 8 seconds", async () => {
    const started = performance.now();
    const { status, error } = await secret.rpc("slow");
    assertEquals([status, error?.code], [500, "57014"]);
    const ms = performance.now() - started;
    assert(ms > 7900 && ms < 10_000, `Took ${ms} ms`);
  });

  await t.step(
    "a function that is created later is there once the schema is reloaded",
    async () => {
      const missing = await secret.rpc("later");
      assertEquals(missing.status, 404);
      await api.migrations`create function public.later() returns int language sql return 1`;
      await api.migrations`notify pgrst, 'reload schema'`;
      await api.line(/^api schema reloaded$/);
      assertEquals((await secret.rpc("later")).data, 1);
    },
  );

  await t.step("a browser of another origin may call", async () => {
    const response = await fetch(`${api.url}/rest/v1/notes`, {
      method: "OPTIONS",
      headers: { origin: "http://app.example", "access-control-request-method": "POST" },
    });
    await response.body?.cancel();
    assertEquals(response.headers.get("access-control-allow-origin"), "*");
  });

  await t.step("functions are called through it, both bodies streaming", async () => {
    const { body, writer } = openBody();
    const pending = fetch(`${api.url}/functions/v1/echo/deep?q=1`, {
      method: "POST",
      headers: { authorization: "Bearer x", "x-test": "kept" },
      body,
    });
    await writer.write(new TextEncoder().encode("first"));
    const response = await pending;
    assertEquals(response.headers.get("x-seen"), "/functions/v1/echo/deep?q=1 Bearer x kept");
    assertExists(response.body);
    const reader = response.body.getReader();
    assertEquals(new TextDecoder().decode((await reader.read()).value), "first");
    await writer.close();
    assertEquals((await reader.read()).done, true);
  });

  await t.step("any other path answers 404", async () => {
    for (const path of ["/", "/rest/v2", "/restv1", "/storage/v1/bucket"]) {
      const response = await fetch(`${api.url}${path}`);
      await response.body?.cancel();
      assertEquals(response.status, 404, path);
    }
  });

  await t.step("all of this left every access list as it was", async () => {
    await api.migrations`drop function public.later()`;
    assertEquals(await readAccessLists(api.migrations), before);
  });

  await t.step("it ends cleanly on SIGINT", async () => {
    assertEquals(await api.stop("SIGINT"), 0);
  });
});

Deno.test("functions that do not run answer 502", async () => {
  await using api = await spawnApi("http://127.0.0.1:1");
  const response = await fetch(`${api.url}/functions/v1/echo`);
  await response.body?.cancel();
  assertEquals(response.status, 502);
});

/** A stand-in for the function runner: answers with the body that it gets, as it gets it. */
function serveEcho() {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    const { headers } = request;
    const seen = `${pathname}${search} ${headers.get("authorization")} ${headers.get("x-test")}`;
    return new Response(request.body, { headers: { "x-seen": seen } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function openBody() {
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
  return { body: readable, writer: writable.getWriter() };
}

async function sign(claims: Record<string, unknown>, api: TestApi): Promise<string> {
  return await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).setExpirationTime("1h")
    .sign(new TextEncoder().encode(api.secrets.jwt_secret));
}

/** Every access list of the database, default privileges and policies included. */
async function readAccessLists(db: Database): Promise<unknown> {
  return await db`
    select 'relation' as kind, oid::regclass::text as name, relacl::text as acl from pg_class
    union all select 'function', oid::regprocedure::text, proacl::text from pg_proc
    union all select 'schema', nspname, nspacl::text from pg_namespace
      where nspname !~ '^pg_(toast_)?temp'
    union all select 'default', defaclnamespace::regnamespace::text || defaclobjtype::text ||
      defaclrole::regrole::text, defaclacl::text from pg_default_acl
    union all select 'role', rolname, rolsuper::text || rolbypassrls::text from pg_roles
    union all select 'member', roleid::regrole::text, member::regrole::text from pg_auth_members
    order by 1, 2, 3`;
}
