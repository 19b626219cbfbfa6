import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { emptyStateFolder, lockStateFolder } from "./state_folder.ts";

Deno.test("a state folder serves one stack at a time", async () => {
  const dir = await Deno.makeTempDir();
  const lock = await lockStateFolder(dir);
  await assertRejects(() => lockStateFolder(dir), Error, `A stack runs in "${dir}" already`);
  await assertRejects(() => emptyStateFolder(dir), Error, `A stack runs in "${dir}" already`);
  lock.close();
  const next = await lockStateFolder(dir);
  next.close();
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a reset ends nothing of a stack that is alive", async () => {
  const dir = await Deno.makeTempDir();
  const lock = await lockStateFolder(dir);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "setInterval(() => {}, 1000)", dir],
  }).spawn();
  await Deno.writeTextFile(join(dir, "processes.json"), JSON.stringify([child.pid]));
  await assertRejects(() => emptyStateFolder(dir), Error, `A stack runs in "${dir}" already`);
  child.kill("SIGTERM");
  assertEquals((await child.status).signal, "SIGTERM");
  lock.close();
  await Deno.remove(dir, { recursive: true });
});

Deno.test("an emptied state folder has nothing left of the stack", async () => {
  const dir = await Deno.makeTempDir();
  await Deno.mkdir(join(dir, "data", "base"), { recursive: true });
  await Deno.writeTextFile(join(dir, "secrets.json"), "{}");
  await emptyStateFolder(dir);
  assertEquals([...Deno.readDirSync(dir)].map(({ name }) => name), ["lock"]);
  await Deno.remove(dir, { recursive: true });
});
