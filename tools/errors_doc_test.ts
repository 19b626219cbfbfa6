import { assertEquals } from "@std/assert";
import { filesBelow, repositoryRoot } from "./repository.ts";

const page = await Deno.readTextFile(`${repositoryRoot}/docs/reference/errors.md`);

Deno.test("the page of errors lists exactly the keys that the schemas raise, with their status", async () => {
  const raised = await readRaisedErrors();
  const listed = [...page.matchAll(/^### (\S+)\n\nStatus (\d{3})\./gm)]
    .map(([, key, status]) => `${key} ${status}`);
  assertEquals(listed.toSorted(), [...raised].toSorted());
});

Deno.test("each error of the page says what to do, after what it means", () => {
  for (const card of page.split(/^### /m).slice(1)) {
    const [key, meaning, advice] = card.split("\n\n");
    assertEquals([meaning, advice].every((text) => /\.$/m.test(text ?? "")), true, key);
  }
});

/** Every `raise_error('PTnnn', 'key'` of the schemas, as "key nnn". */
async function readRaisedErrors(): Promise<Set<string>> {
  const folder = `${repositoryRoot}/supabase/schemas`;
  const raised = new Set<string>();
  for (const path of (await filesBelow(folder)).filter((path) => path.endsWith(".sql"))) {
    const sql = await Deno.readTextFile(`${folder}/${path}`);
    const calls = sql.match(/(?:perform|select) workflow_engine\.raise_error\(/g)?.length ?? 0;
    const errors = [...sql.matchAll(/raise_error\(\s*'PT(\d{3})',\s*'([\w.]+)'/g)];
    assertEquals(errors.length, calls, `${path} raises an error whose key is no literal`);
    for (const [, status, key] of errors) raised.add(`${key} ${status}`);
  }
  return raised;
}
