import { assertEquals, assertExists } from "@std/assert";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../../local/settings.ts";
import { createTable } from "../attached_table.ts";
import { serveApplication } from "../application.ts";
import { beProject, checkTypes, importBlock, readPage, writeBlock } from "../page.ts";
import { openStack, type TestStack } from "../stack.ts";
import { createWorkflow } from "../workflow.ts";

Deno.test("the guide's application verifies calls, answers them, and reports later", async (t) => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  beProject(stack);
  const blocks = await readPage("how-to/call_your_application.md", ["ts"]);
  assertEquals(blocks.length, 3);
  const { POST } = await importBlock(blocks[0]);
  const { answer } = await importBlock(blocks[1]);
  const { complete } = await importBlock(blocks[2]);

  await t.step("an unsigned call is refused", async () => {
    const response = await POST(new Request("http://app.example", { method: "POST", body: "{}" }));
    assertEquals(response.status, 401);
  });

  await t.step("a signed call is answered, and the answer is the output", async () => {
    await using application = serveApplication(POST);
    await using workflow = await createCall(stack, table.inserted, application.url);
    await stack.db`insert into ${stack.db(table.name)} (name) values ('ada')`;
    const [log] = await workflow.ended();
    assertEquals(log?.output_json, '{"contact": "crm_ada"}');
  });

  await t.step(
    "a call that was answered with 202 is answered later at its callback URL",
    async () => {
      const calls: { callback_url: string }[] = [];
      await using application = serveApplication(async (request) => {
        calls.push(await request.json());
        return new Response(null, { status: 202 });
      });
      await using workflow = await createCall(stack, table.inserted, application.url);
      await stack.db`insert into ${stack.db(table.name)} (name) values ('linus')`;
      await workflow.log("the call", ({ status }) => status === "waiting");
      await answer(calls[0]?.callback_url, { status: "completed", output: { trial: true } });
      const [log] = await workflow.ended();
      assertEquals([log?.status, log?.output_json], ["completed", '{"trial": true}']);
    },
  );

  await t.step("a call that was answered with 202 is completed later by its id", async () => {
    await using application = serveApplication(() => new Response(null, { status: 202 }));
    await using workflow = await createCall(stack, table.inserted, application.url);
    await stack.db`insert into ${stack.db(table.name)} (name) values ('grace')`;
    const { id, attempt } = await workflow.log("the call", ({ status }) => status === "waiting");
    await complete(id, attempt - 1, "outdated");
    await complete(id, attempt, { trial: true });
    const [log] = await workflow.ended();
    assertEquals([log?.status, log?.output_json], ["completed", '{"trial": true}']);
  });
});

Deno.test("the guide's handler is a handler", async () => {
  const [handler] = await readPage("how-to/write_a_handler.md", ["ts"]);
  assertExists(handler);
  const worker = pathToFileURL(join(ROOT, "supabase/functions/workflow-cron"));
  const module = await writeBlock(handler.code.replaceAll('"../', `"${worker}/`));
  const path = await writeBlock(`
    import { checked } from "${worker}/handler.ts";
    import * as handler from "${module}";
    checked(handler);
  `);
  assertEquals(await checkTypes(path), undefined);
});

function createCall(stack: TestStack, trigger: string, endpoint: string) {
  return createWorkflow(stack, {
    trigger,
    actions: [{ target_endpoint: `${endpoint}/call`, payload: { email: "{{ $.record.name }}" } }],
  });
}
