import { assertEquals } from "@std/assert";
import { readExecution } from "./plan.ts";

const node = {
  "Actual Loops": 1,
  "Shared Hit Blocks": 10,
  "Shared Read Blocks": 2,
};

function message(plan: unknown): string {
  const json = JSON.stringify({ "Query Text": "select\n  1", Plan: plan });
  return `duration: 0.123 ms  plan:\n${json}`;
}

Deno.test("a table that was read from end to end is found, however deep", () => {
  const scan = { ...node, "Node Type": "Seq Scan", "Relation Name": "workflow_run" };
  const join = { ...node, "Node Type": "Nested Loop", Plans: [scan] };
  assertEquals(readExecution(message({ ...node, "Node Type": "Sort", Plans: [join] })), {
    query: "select 1",
    buffers: 12,
    sequential: ["workflow_run"],
  });
});

Deno.test("what was planned and never executed is not held against a statement", () => {
  const scan = { ...node, "Node Type": "Seq Scan", "Relation Name": "a", "Actual Loops": 0 };
  assertEquals(readExecution(message(scan))?.sequential, []);
});

Deno.test("any other message is none", () => {
  assertEquals(readExecution('relation "bare_queue" does not exist, skipping'), undefined);
});
