import { assertEquals, assertLess } from "@std/assert";
import { openDatabase } from "../../local/postgres/database.ts";
import { createTable } from "../attached_table.ts";
import { pauseTick, untilNobodyListens } from "../quiet.ts";
import { openStack, type TestStack } from "../stack.ts";
import { createWorkflow } from "../workflow.ts";

const BODY = '{"type":"workflow.wake"}';

Deno.test("fifty commits are run although a wake-up that nobody sends came before them", async () => {
  await using stack = await openStack();
  await using _tick = await pauseTick(stack);
  await using table = await createTable(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [{ action_type: "log", payload: { message: "{{ $.record.name }}" } }],
  });
  await untilNobodyListens(stack);
  const holder = openDatabase(stack.info.db_url);
  await holder`begin`;
  await holder`insert into ${holder(table.name)} (name) values ('undone')`;
  await holder`set constraints all immediate`;
  const names = Array.from({ length: 50 }, (_, index) => `row ${index}`);
  await Promise.all(
    names.map((name) => stack.db`insert into ${stack.db(table.name)} (name) values (${name})`),
  );
  const committedAt = performance.now();
  await holder`rollback`;
  await holder.end();
  const logs = await workflow.ended(50, 5_000);
  assertLess(performance.now() - committedAt, 2_000);
  const messages = logs.map(({ output_json }) => JSON.parse(output_json ?? "").message);
  assertEquals(messages.toSorted(), names.toSorted());
});

Deno.test("rows that arrive while the function starts cold are run by that one start", async () => {
  await using stack = await openStack();
  await using _tick = await pauseTick(stack);
  await using table = await createTable(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [{ action_type: "log", payload: { message: "{{ $.record.name }}" } }],
  });
  await untilNobodyListens(stack);
  await stack.functions.kill();
  await using _start = await makeColdStart(stack, 300);
  const { boots } = await stack.functions.state();
  for (const name of ["first", "second", "third"]) {
    await stack.db`insert into ${stack.db(table.name)} (name) values (${name})`;
  }
  const logs = await workflow.ended(3);
  assertEquals(logs.map(({ attempt }) => attempt), [1, 1, 1]);
  assertEquals((await stack.functions.state()).boots, boots + 1);
});

Deno.test("a wake-up needs no token but a fresh signature of the right secret", async () => {
  await using stack = await openStack();
  const url = `${stack.info.functions_url}/workflow-cron`;
  const answer = async (headers: Record<string, string>, body = BODY) => {
    const response = await fetch(url, { method: "POST", headers, body });
    await response.body?.cancel();
    return response.status;
  };
  const signed = async (secret: string, age: string) => {
    const [row] = await stack.db`
      select workflow_engine.sign_body(
        ${BODY}, ${secret}, 'msg_1', clock_timestamp() - ${age}::interval
      ) as headers`;
    return row?.headers;
  };
  const { workflow_secret: secret, webhook_secret: otherSecret, secret_key: key } = stack.info;
  assertEquals(await answer(await signed(secret, "0 s")), 202);
  assertEquals(await answer(await signed(secret, "299 s")), 202);
  assertEquals(await answer(await signed(secret, "310 s")), 401);
  assertEquals(await answer(await signed(secret, "-310 s")), 401);
  assertEquals(await answer(await signed(otherSecret, "0 s")), 401);
  assertEquals(await answer(await signed(secret, "0 s"), BODY.replace("wake", "walk")), 401);
  assertEquals(await answer({ authorization: `Bearer ${key}` }), 401);
  assertEquals(await answer({}), 401);
});

async function makeColdStart({ functions }: TestStack, ms: number): Promise<AsyncDisposable> {
  await functions.setColdStart(ms);
  return { [Symbol.asyncDispose]: () => functions.setColdStart(0) };
}
