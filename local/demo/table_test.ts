import { assertEquals } from "@std/assert";
import { renderTable } from "./table.ts";

Deno.test("columns are as wide as their widest cell, numbers stand right", () => {
  const lines = renderTable(
    [{ heading: "Action" }, { heading: "Took", alignRight: true }],
    [["welcome_email", "51 ms"], ["done", "1.2 s"]],
  );
  assertEquals(lines, [
    "Action          Took",
    "─────────────  ─────",
    "welcome_email  51 ms",
    "done           1.2 s",
  ]);
});

Deno.test("a table without rows has its headings", () => {
  assertEquals(renderTable([{ heading: "Action" }], []), ["Action", "──────"]);
});

Deno.test("a missing cell is empty", () => {
  assertEquals(renderTable([{ heading: "A" }, { heading: "B" }], [["x"]])[2], "x");
});
