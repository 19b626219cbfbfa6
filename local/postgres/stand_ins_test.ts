import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { installStandIns, trustExtensions } from "./stand_ins.ts";

async function inFolder(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  await test(dir).finally(() => Deno.remove(dir, { recursive: true }));
}

Deno.test("each stand-in is installed where the server brings nothing of that name", () =>
  inFolder(async (dir) => {
    await installStandIns(dir, "/somewhere/vault.key");
    const controls = [...Deno.readDirSync(dir)]
      .map(({ name }) => name)
      .filter((name) => name.endsWith(".control"))
      .toSorted();
    assertEquals(controls, ["pg_cron.control", "pg_net.control", "supabase_vault.control"]);
  }));

Deno.test("a stand-in steps aside where the server brings the real extension", () =>
  inFolder(async (dir) => {
    await Deno.writeTextFile(join(dir, "pg_cron.control"), "the real one");
    await installStandIns(dir, "/somewhere/vault.key");
    assertEquals(await Deno.readTextFile(join(dir, "pg_cron.control")), "the real one");
    const scripts = [...Deno.readDirSync(dir)].filter(({ name }) => name.startsWith("pg_cron--"));
    assertEquals(scripts, []);
  }));

Deno.test("Vault's script names the key's file, whatever quotes its path has", () =>
  inFolder(async (dir) => {
    await installStandIns(dir, "/tmp/o'hara/vault.key");
    const [script] = [...Deno.readDirSync(dir)].filter(({ name }) => /vault--/.test(name));
    assert(script !== undefined);
    const text = await Deno.readTextFile(join(dir, script.name));
    assertStringIncludes(text, "'/tmp/o''hara/vault.key'");
  }));

Deno.test("a trusted extension keeps what its control file said otherwise", () =>
  inFolder(async (dir) => {
    const path = join(dir, "pgtap.control");
    await Deno.writeTextFile(path, "comment = 'tests'\nsuperuser = false\nrelocatable = true\n");
    await trustExtensions(dir, ["pgtap"]);
    assertEquals(
      await Deno.readTextFile(path),
      "comment = 'tests'\nrelocatable = true\nsuperuser = true\ntrusted = true\n",
    );
  }));
