import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { travel } from "../../local/travel.ts";
import { createTable } from "../attached_table.ts";
import { createEndpoint } from "../endpoint.ts";
import { insertRows } from "../insert_rows.ts";
import { openStack } from "../stack.ts";
import { createWorkflow } from "../workflow.ts";

Deno.test("whatever JSON an endpoint answers is kept exactly", async () => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  const answers = [0, false, null, "", [], {}, "text", -0.5, { a: [null, { b: "" }] }];
  await using endpoint = await createEndpoint(stack, {
    answers: answers.map((body) => ({ status: 200, body })),
  });
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: answers.map((_, index) => ({
      name: `answer_${index}`,
      order: index,
      target_endpoint: endpoint.path,
    })),
  });
  await insertRows(stack, table);
  const logs = await workflow.ended();
  assertEquals(logs.map(({ status }) => status), answers.map(() => "completed"));
  assertEquals(logs.map(({ output_json }) => JSON.parse(output_json ?? "undefined")), answers);
});

Deno.test("an endpoint that answers without a body completes without an output", async () => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  await using endpoint = await createEndpoint(stack, { answers: [{ status: 204 }] });
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [{ target_endpoint: endpoint.path }],
  });
  await insertRows(stack, table);
  const [log] = await workflow.ended();
  assertEquals([log?.status, log?.output_json], ["completed", null]);
});

Deno.test("what nobody can run fails for good and says why", async () => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  await using endpoint = await createEndpoint(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [
      { name: "unknown", action_type: "send_pigeon" },
      { name: "wrong_type", action_type: "log", payload: { message: 1 } },
      { name: "unknown_key", action_type: "log", payload: { message: "m", mesage: "m" } },
      {
        name: "missing",
        target_endpoint: endpoint.path,
        payload: { to: "{{ $.record.data.email | required }}" },
      },
      {
        name: "no_number",
        target_endpoint: endpoint.path,
        payload: { n: "{{ $.record.name | number: 2 }}" },
      },
      {
        name: "private",
        action_type: "http_request",
        payload: { url: "http://169.254.169.254/{{ $.record.id }}" },
      },
    ],
  });
  await insertRows(stack, table, [{ name: "no number" }]);
  const logs = await workflow.ended();
  assertEquals(
    logs.map(({ status, final, attempt }) => [status, final, attempt]),
    logs.map(() => ["failed", true, 1]),
  );
  const errors = Object.fromEntries(logs.map(({ action, error }) => [action, error ?? ""]));
  assertEquals(errors["unknown"], 'Unknown action type "send_pigeon"');
  assertStringIncludes(errors["wrong_type"] ?? "", "message");
  assertStringIncludes(errors["unknown_key"] ?? "", "mesage");
  assertStringIncludes(errors["missing"] ?? "", "$.record.data.email");
  assertStringIncludes(errors["no_number"] ?? "", "$.record.name");
  assertMatch(errors["private"] ?? "", /169\.254\.169\.254/);
  assertEquals(await endpoint.requests(), []);
  assertEquals(await workflow.runs(), ["failed"]);
});

Deno.test("a handler that hangs is ended at its deadline and tried again", async () => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  await using endpoint = await createEndpoint(stack, {
    answers: [{ status: 200, body: "late" }],
    delay_ms: 60_000,
  });
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [{ target_endpoint: endpoint.path, timeout_seconds: 1 }],
  });
  await insertRows(stack, table);
  const { error } = await workflow.log("the time-out", ({ tries }) => tries === 1);
  assertEquals(error, "Timed out after 1 s");
  await endpoint.setScript({ answers: [{ status: 200, body: "in time" }] });
  await travel(stack.db, "3 minutes");
  const [log] = await workflow.ended();
  assertEquals([log?.status, log?.attempt, log?.output_json], ["completed", 2, '"in time"']);
});

Deno.test("after a failed action the rest of its run is skipped, and other runs go on", async () => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [
      { name: "check", action_type: "log", payload: { message: "{{ $.record.name | required }}" } },
      {
        name: "greet",
        order: 2,
        action_type: "log",
        payload: { message: "{{ $.actions.check.output.message | upper }}" },
      },
    ],
  });
  await insertRows(stack, table, [{}, { name: "Ada" }]);
  const logs = await workflow.ended(2);
  const greetings = logs.filter(({ action }) => action === "greet");
  assertEquals(greetings.map(({ status }) => status).toSorted(), ["completed", "skipped"]);
  const greeting = greetings.find(({ status }) => status === "completed");
  assertEquals(JSON.parse(greeting?.output_json ?? "").message, "ADA");
  assertEquals((await workflow.runs()).toSorted(), ["completed", "failed"]);
});
