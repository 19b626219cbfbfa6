import { assertEquals } from "@std/assert";
import { explainCondition } from "./explain_condition.ts";

Deno.test("a condition is told as it was written, with what it saw", () => {
  const condition = {
    expression: '($."record"."full_name" == null)',
    result: false,
    values: { '$."record"."full_name"': '"Grace Hopper"' },
  };
  assertEquals(
    explainCondition(condition),
    '$.record.full_name == null is not true; $.record.full_name is "Grace Hopper"',
  );
});

Deno.test("what a condition did not find is told as missing", () => {
  const condition = {
    expression: '($."event"."paid" == true)',
    result: null,
    values: { '$."event"."paid"': null },
  };
  assertEquals(
    explainCondition(condition),
    "$.event.paid == true is not true; $.event.paid is missing",
  );
});

Deno.test("a key that needs its quotes keeps them", () => {
  const condition = { expression: '($."event"."full name" == 1)', result: false, values: {} };
  assertEquals(explainCondition(condition), '$.event."full name" == 1 is not true');
});
