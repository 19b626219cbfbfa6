import { assertEquals } from "@std/assert";
import { workflowDefinition } from "./definition.ts";

const minimal = { name: "welcome", trigger: "order.paid" };

function faultsOf(document: unknown): string[] {
  const { error } = workflowDefinition.safeParse(document);
  return error?.issues.map(({ path }) => `/${path.join("/")}`) ?? [];
}

Deno.test("a definition needs no more than a name, a trigger and each action's type", () => {
  assertEquals(faultsOf({ ...minimal, actions: [{ action_type: "log" }] }), []);
});

Deno.test("a definition may say everything", () => {
  const action = {
    name: "pay",
    action_type: "webhook",
    target_endpoint: "/api/pay",
    headers: { "x-api-key": { $secret: "SHOP_API_KEY" }, "x-order": "{{ $.event.id }}" },
    payload: { total: "{{ $.event.total }}", lines: [1, null, { deep: true }] },
    depends_on: ["check"],
    join_count: null,
    run_if: "always" as const,
    tolerated_failure_percentage: 12.5,
    delay: "15 minutes",
    priority: 0,
  };
  const document = {
    ...minimal,
    relative_to: "$.record.due_at",
    vars: { a: [1] },
    actions: [action],
  };
  assertEquals(faultsOf(document), []);
  assertEquals(workflowDefinition.parse(document), document);
});

for (
  const [name, document, pointer] of [
    ["no trigger", { name: "a" }, "/trigger"],
    ["an unknown field", { ...minimal, colour: "red" }, "/"],
    [
      "an unknown field of an action",
      { ...minimal, actions: [{ action_type: "log", if: 1 }] },
      "/actions/0",
    ],
    ["a phase that is none", { ...minimal, phase: "later" }, "/phase"],
    ["a priority above 9", { ...minimal, priority: 10 }, "/priority"],
    ["a trigger with a space at its end", { ...minimal, trigger: "a b " }, "/trigger"],
    [
      "a name that is no word",
      { ...minimal, actions: [{ action_type: "log", name: "a-b" }] },
      "/actions/0/name",
    ],
    ["a secret in part", {
      ...minimal,
      actions: [{ action_type: "log", headers: { a: { $secret: "b c" } } }],
    }, "/actions/0/headers/a/$secret"],
  ] as const
) {
  Deno.test(`a definition is refused for ${name}`, () => {
    assertEquals(faultsOf(document), [pointer]);
  });
}
