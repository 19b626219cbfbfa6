/** What Vault 0.3 promises, held against the local stack or the database of CONTRACT_DB_URL. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { openContractDatabase, readArguments, sqlState } from "../contract/contract_database.ts";
import type { Database } from "../postgres/database.ts";

/** Runs in a transaction that is rolled back, so that no secret stays. */
async function inTransaction(test: (db: Database) => Promise<void>): Promise<void> {
  await using db = await openContractDatabase();
  const connection = await db.reserve();
  try {
    await connection`begin`;
    await test(connection);
  } finally {
    await connection`rollback`;
    connection.release();
  }
}

async function createSecret(db: Database, secret: string, name: string): Promise<string> {
  const [row] = await db`select vault.create_secret(${secret}, ${name}, 'about it') as id`;
  return String(row?.id);
}

async function readSecret(db: Database, id: string) {
  const [row] = await db`select * from vault.decrypted_secrets where id = ${id}`;
  assert(row !== undefined, "the secret is not there");
  return row;
}

Deno.test("Vault: the functions have the published arguments and defaults", async () => {
  await using db = await openContractDatabase();
  assertEquals(
    await readArguments(db, "vault.create_secret(text,text,text,uuid)"),
    "new_secret text, new_name text DEFAULT NULL::text, new_description text DEFAULT ''::text, " +
      "new_key_id uuid DEFAULT NULL::uuid",
  );
  assertEquals(
    await readArguments(db, "vault.update_secret(uuid,text,text,text,uuid)"),
    "secret_id uuid, new_secret text DEFAULT NULL::text, new_name text DEFAULT NULL::text, " +
      "new_description text DEFAULT NULL::text, new_key_id uuid DEFAULT NULL::uuid",
  );
});

Deno.test("Vault: a secret can be read back, with its name and description", () =>
  inTransaction(async (db) => {
    const row = await readSecret(db, await createSecret(db, "pâté 🤫", "contract_a"));
    assertEquals(
      [row.decrypted_secret, row.name, row.description],
      ["pâté 🤫", "contract_a", "about it"],
    );
  }));

Deno.test("Vault: what the table holds is not the secret", () =>
  inTransaction(async (db) => {
    const id = await createSecret(db, "plain to see", "contract_a");
    const [row] = await db`select secret from vault.secrets where id = ${id}`;
    const stored = String(row?.secret);
    assert(!stored.includes("plain to see"));
    assert(!atob(stored.replaceAll("\n", "")).includes("plain to see"));
  }));

Deno.test("Vault: the same secret is encrypted differently each time", () =>
  inTransaction(async (db) => {
    const first = await readSecret(db, await createSecret(db, "same", "contract_a"));
    const second = await readSecret(db, await createSecret(db, "same", "contract_b"));
    assertNotEquals(first.secret, second.secret);
  }));

Deno.test("Vault: an update changes what it names and keeps the rest", () =>
  inTransaction(async (db) => {
    const id = await createSecret(db, "old", "contract_a");
    await db`select vault.update_secret(${id}, 'new')`;
    const changed = await readSecret(db, id);
    assertEquals([changed.decrypted_secret, changed.name], ["new", "contract_a"]);
    await db`select vault.update_secret(${id}, new_name => 'contract_b')`;
    const renamed = await readSecret(db, id);
    assertEquals([renamed.decrypted_secret, renamed.name], ["new", "contract_b"]);
  }));

Deno.test("Vault: two secrets cannot have the same name", () =>
  inTransaction(async (db) => {
    await createSecret(db, "one", "contract_a");
    assertEquals(await sqlState(createSecret(db, "two", "contract_a")), "23505");
  }));

Deno.test("Vault: the owner of a project may delete a secret", () =>
  inTransaction(async (db) => {
    const id = await createSecret(db, "one", "contract_a");
    const { count } = await db`delete from vault.secrets where id = ${id}`;
    assertEquals(count, 1);
  }));

Deno.test("Vault: users of the API reach no secret", async () => {
  await using db = await openContractDatabase();
  const rows = await db`
    select
      r.rolname,
      has_schema_privilege(r.oid, 'vault', 'usage')
        or has_table_privilege(r.oid, 'vault.secrets', 'select')
        or has_table_privilege(r.oid, 'vault.decrypted_secrets', 'select')
        or has_function_privilege(r.oid, 'vault.create_secret(text,text,text,uuid)', 'execute')
        as reaches_vault
    from pg_roles r
    where r.rolname in ('anon', 'authenticated')
    order by r.rolname`;
  assertEquals([...rows], [
    { rolname: "anon", reaches_vault: false },
    { rolname: "authenticated", reaches_vault: false },
  ]);
});
