import { assertEquals, assertRejects } from "@std/assert";
import {
  findStackFile,
  readStackFile,
  type StackFile,
  stackFilePath,
  writeStackFile,
} from "./stack_file.ts";

const FILE: StackFile = {
  postgres: "embedded",
  api_url: "http://127.0.0.1:54321",
  functions_url: "http://127.0.0.1:54321/functions/v1",
  functions_admin_url: "http://127.0.0.1:54326",
  inbox_url: "http://127.0.0.1:54324",
  db_url: "postgres://postgres:a@127.0.0.1:54322/postgres",
  admin_db_url: "postgres://supabase_admin:b@127.0.0.1:54322/postgres",
  publishable_key: "sb_publishable_a",
  secret_key: "sb_secret_b",
  jwt_secret: "c",
  workflow_secret: "whsec_d",
  webhook_secret: "whsec_e",
  pid: 1,
};

async function inFolder(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  await test(dir).finally(() => Deno.remove(dir, { recursive: true }));
}

Deno.test("what a stack wrote about itself can be read back", () =>
  inFolder(async (dir) => {
    await writeStackFile(dir, FILE);
    assertEquals(await readStackFile(dir), FILE);
  }));

Deno.test("the file with the keys is readable by its owner only", () =>
  inFolder(async (dir) => {
    await writeStackFile(dir, FILE);
    const { mode } = await Deno.stat(stackFilePath(dir));
    assertEquals((mode ?? 0) & 0o777, 0o600);
  }));

Deno.test("where no stack runs, the error says what to type", () =>
  inFolder(async (dir) => {
    await assertRejects(() => readStackFile(dir), Error, 'type "npm start"');
  }));

Deno.test("a file that was cut short counts as none", () =>
  inFolder(async (dir) => {
    await Deno.writeTextFile(stackFilePath(dir), '{"postgres": "emb');
    assertEquals(await findStackFile(dir), null);
  }));
