import { assertEquals, assertRejects } from "@std/assert";
import { filesBelow, filesBelowIfAny } from "./repository.ts";

Deno.test("all files of ours below a folder are listed, sorted", async () => {
  const root = await Deno.makeTempDir();
  try {
    for (const path of ["b/c.ts", "a.ts", "node_modules/x/y.ts", ".local/z.ts", ".ci/run"]) {
      await Deno.mkdir(`${root}/${path.slice(0, Math.max(0, path.lastIndexOf("/")))}`, {
        recursive: true,
      });
      await Deno.writeTextFile(`${root}/${path}`, "");
    }
    assertEquals(await filesBelow(root), [".ci/run", "a.ts", "b/c.ts"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a folder that does not exist is an error, or empty where that is allowed", async () => {
  await assertRejects(() => filesBelow("/does/not/exist"), Deno.errors.NotFound);
  assertEquals(await filesBelowIfAny("/does/not/exist"), []);
});
