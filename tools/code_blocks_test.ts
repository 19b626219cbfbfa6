import { assertEquals } from "@std/assert";
import { readCodeBlocks } from "./code_blocks.ts";

const page = "# Page\n\n```sql\nselect 1;\n```\n\n```sh\nls\n```\n\n```ts\na();\nb();\n```\n";

Deno.test("blocks come in the order of the page, with the line of their code", () => {
  assertEquals(readCodeBlocks(page, ["sql", "ts"]), [
    { language: "sql", code: "select 1;\n", line: 4 },
    { language: "ts", code: "a();\nb();\n", line: 12 },
  ]);
});

Deno.test("a page without blocks of these languages has none", () => {
  assertEquals(readCodeBlocks(page, ["python"]), []);
});
