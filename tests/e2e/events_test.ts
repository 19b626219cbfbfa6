import { assertEquals, assertExists } from "@std/assert";
import { createTable } from "../attached_table.ts";
import { createEndpoint } from "../endpoint.ts";
import { insertRows } from "../insert_rows.ts";
import { openStack } from "../stack.ts";
import { signUp } from "../user.ts";
import { createWorkflow } from "../workflow.ts";

Deno.test("an event whose transaction rolls back runs nothing", async () => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  await using endpoint = await createEndpoint(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [{ target_endpoint: endpoint.path, payload: { name: "{{ $.record.name }}" } }],
  });
  await stack.db.begin(async (transaction) => {
    await transaction`insert into ${transaction(table.name)} (name) values ('undone')`;
    await transaction`set constraints all immediate`;
    throw new Error("changed my mind");
  }).catch((error: Error) => assertEquals(error.message, "changed my mind"));
  await insertRows(stack, table, [{ name: "kept" }]);
  await workflow.ended();
  const bodies = (await endpoint.requests()).map(({ body }) => JSON.parse(body).payload);
  assertEquals(bodies, [{ name: "kept" }]);
});

Deno.test("an insert by a signed-in user through the Data API starts a run", async () => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  await using endpoint = await createEndpoint(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [{ target_endpoint: endpoint.path, payload: { owner: "{{ $.record.owner }}" } }],
  });
  const user = await signUp(stack);
  await user.client.from(table.name).insert({ name: "mine" }).throwOnError();
  await workflow.ended();
  const [request] = await endpoint.requests();
  assertEquals(JSON.parse(request?.body ?? "").payload, { owner: user.id });
});

Deno.test("a row that row-level security refuses is no event", async () => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [{ action_type: "log", payload: { message: "{{ $.record.name }}" } }],
  });
  const user = await signUp(stack);
  const stranger = await signUp(stack);
  const { error } = await user.client.from(table.name).insert({ owner: stranger.id });
  assertExists(error);
  await user.client.from(table.name).insert({ name: "mine" }).throwOnError();
  const logs = await workflow.ended();
  assertEquals(logs.map(({ output_json }) => JSON.parse(output_json ?? "").message), ["mine"]);
});

Deno.test("a thousand rows by one statement are a thousand runs, each completed once", async () => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  await using endpoint = await createEndpoint(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [{ target_endpoint: endpoint.path, payload: { name: "{{ $.record.name }}" } }],
  });
  const names = Array.from({ length: 1000 }, (_, index) => `row ${index}`);
  await insertRows(stack, table, names.map((name) => ({ name })));
  const logs = await workflow.ended(1000, 30_000);
  assertEquals(
    new Set(logs.map(({ status, attempt }) => `${status} ${attempt}`)),
    new Set(["completed 1"]),
  );
  const called = (await endpoint.requests()).map(({ body }) => JSON.parse(body).payload.name);
  assertEquals(called.toSorted(), names.toSorted());
});
