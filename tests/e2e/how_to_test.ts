import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../../local/settings.ts";
import { createTable } from "../attached_table.ts";
import { readCodeBlocks } from "../../tools/code_blocks.ts";
import { openStack, type TestStack } from "../stack.ts";
import { createWorkflow } from "../workflow.ts";

Deno.test("the guide's application verifies calls, answers them, and reports later", async (t) => {
  await using stack = await openStack();
  await using table = await createTable(stack);
  Deno.env.set("WORKFLOW_WEBHOOK_SECRET", stack.info.webhook_secret);
  Deno.env.set("SUPABASE_URL", stack.info.api_url);
  Deno.env.set("SUPABASE_SECRET_KEY", stack.info.secret_key);
  const [receiver, reporter] = await readBlocks("call_your_application.md");
  const { POST } = await importBlock(receiver);
  const { complete } = await importBlock(reporter);

  await t.step("an unsigned call is refused", async () => {
    const response = await POST(new Request("http://app.example", { method: "POST", body: "{}" }));
    assertEquals(response.status, 401);
  });

  await t.step("a signed call is answered, and the answer is the output", async () => {
    await using application = serve(POST);
    await using workflow = await createCall(stack, table.inserted, application.url);
    await stack.db`insert into ${stack.db(table.name)} (name) values ('ada')`;
    const [log] = await workflow.ended();
    assertEquals(log?.output_json, '{"contact": "crm_ada"}');
  });

  await t.step("a call that was answered with 202 is completed later", async () => {
    await using application = serve(() => new Response(null, { status: 202 }));
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
  const [handler = ""] = await readBlocks("write_a_handler.md");
  const worker = pathToFileURL(join(ROOT, "supabase/functions/workflow-cron"));
  const module = await writeBlock(handler.replaceAll('"../', `"${worker}/`));
  const path = await writeBlock(`
    import { checked } from "${worker}/handler.ts";
    import * as handler from "${module}";
    checked(handler);
  `);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--config", join(ROOT, "deno.json"), path],
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
});

function createCall(stack: TestStack, trigger: string, endpoint: string) {
  return createWorkflow(stack, {
    trigger,
    actions: [{ target_endpoint: endpoint, payload: { email: "{{ $.record.name }}" } }],
  });
}

async function readBlocks(guide: string): Promise<string[]> {
  const page = await Deno.readTextFile(join(ROOT, "docs", "how-to", guide));
  return readCodeBlocks(page, ["ts"]).map(({ code }) => code);
}

async function importBlock(code = "") {
  return await import(await writeBlock(code));
}

/** Writes a block to a module of its own and returns its URL. */
async function writeBlock(code: string): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(path, code);
  return pathToFileURL(path).href;
}

/** An application on this machine. */
function serve(handle: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handle);
  return {
    url: `http://127.0.0.1:${server.addr.port}/call`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
