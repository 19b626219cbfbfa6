/** What the platform gives a project, held against the local stack or CONTRACT_DB_URL. */
import { assertEquals } from "@std/assert";
import { openContractDatabase } from "../contract/contract_database.ts";

Deno.test("platform: postgres is no superuser and bypasses row-level security", async () => {
  await using db = await openContractDatabase();
  const [role] = await db`
    select rolsuper, rolcreatedb, rolcreaterole, rolcanlogin, rolreplication, rolbypassrls
    from pg_roles where rolname = 'postgres'`;
  assertEquals(role, {
    rolsuper: false,
    rolcreatedb: true,
    rolcreaterole: true,
    rolcanlogin: true,
    rolreplication: true,
    rolbypassrls: true,
  });
});

Deno.test("platform: of the API's roles only service_role bypasses row-level security", async () => {
  await using db = await openContractDatabase();
  const rows = await db`
    select rolname, rolbypassrls, rolcanlogin
    from pg_roles where rolname in ('anon', 'authenticated', 'service_role') order by rolname`;
  assertEquals([...rows], [
    { rolname: "anon", rolbypassrls: false, rolcanlogin: false },
    { rolname: "authenticated", rolbypassrls: false, rolcanlogin: false },
    { rolname: "service_role", rolbypassrls: true, rolcanlogin: false },
  ]);
});

Deno.test("platform: postgres may become the API's roles, and may give them to others", async () => {
  await using db = await openContractDatabase();
  const rows = await db`
    select r.rolname, m.admin_option
    from pg_auth_members m join pg_roles r on r.oid = m.roleid
    where m.member = 'postgres'::regrole
      and r.rolname in ('anon', 'authenticated', 'service_role', 'authenticator')
    order by r.rolname`;
  assertEquals([...rows].map(({ rolname, admin_option }) => [rolname, admin_option]), [
    ["anon", true],
    ["authenticated", true],
    ["authenticator", true],
    ["service_role", true],
  ]);
});

Deno.test("platform: statements of the API's roles are timed out", async () => {
  await using db = await openContractDatabase();
  const rows = await db`
    select r.rolname, c.setting
    from pg_roles r, unnest(r.rolconfig) as c (setting)
    where r.rolname in ('anon', 'authenticated', 'authenticator') and c.setting ~ '^statement_timeout'
    order by r.rolname`;
  assertEquals([...rows].map(({ rolname, setting }) => `${rolname} ${setting}`), [
    "anon statement_timeout=3s",
    "authenticated statement_timeout=8s",
    "authenticator statement_timeout=8s",
  ]);
});

Deno.test("platform: a new table and a new function in public are granted to the API's roles", async () => {
  await using db = await openContractDatabase();
  const connection = await db.reserve();
  try {
    await connection`begin`;
    await connection`create table public.platform_contract (id int)`;
    await connection`create function public.platform_contract() returns int return 1`;
    const rows = await connection`
      select
        r.rolname,
        has_table_privilege(r.oid, 'public.platform_contract', 'insert') as inserts,
        has_function_privilege(r.oid, 'public.platform_contract()', 'execute') as executes
      from pg_roles r
      where r.rolname in ('anon', 'authenticated', 'service_role')
      order by r.rolname`;
    assertEquals([...rows], [
      { rolname: "anon", inserts: true, executes: true },
      { rolname: "authenticated", inserts: true, executes: true },
      { rolname: "service_role", inserts: true, executes: true },
    ]);
  } finally {
    await connection`rollback`;
    connection.release();
  }
});

Deno.test("platform: auth.uid() is the subject of the request's token", async () => {
  await using db = await openContractDatabase();
  const id = "6c84fb90-12c4-11e1-840d-7b25c5ee775a";
  const [row] = await db.begin(async (transaction) => {
    await transaction`
      select set_config('request.jwt.claims', ${JSON.stringify({ sub: id, role: "anon" })}, true)`;
    return await transaction`select auth.uid() as uid, auth.role() as role`;
  });
  assertEquals(row, { uid: id, role: "anon" });
});

Deno.test("platform: a trigger may be put on auth.users by the owner of the project", async () => {
  await using db = await openContractDatabase();
  const [row] = await db`select has_table_privilege('auth.users', 'trigger') as may`;
  assertEquals(row, { may: true });
});

Deno.test("platform: pgcrypto lives in schema extensions, which is on postgres' search path", async () => {
  await using db = await openContractDatabase();
  const [row] = await db`
    select n.nspname as schema, n.nspname = any (current_schemas(false)) as reachable
    from pg_extension e
    join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pgcrypto'`;
  assertEquals(row, { schema: "extensions", reachable: true });
});
