import { assertEquals } from "@std/assert";
import { createTable } from "../attached_table.ts";
import { insertRows } from "../insert_rows.ts";
import { pauseTick, untilNobodyListens } from "../quiet.ts";
import { openStack } from "../stack.ts";
import { createWorkflow } from "../workflow.ts";

Deno.test("wake-ups that pg_net had not sent when it lost its connection are sent afterwards", async () => {
  await using stack = await openStack();
  await using _tick = await pauseTick(stack);
  await using table = await createTable(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [{ action_type: "log", payload: { message: "{{ $.record.name }}" } }],
  });
  for (const runs of [1, 2]) {
    await untilNobodyListens(stack);
    const [worker] = await stack.admin`
      select pg_terminate_backend(a.pid) as ended
      from pg_stat_activity a
      where a.application_name like 'pg_net%'`;
    assertEquals(worker?.ended, true);
    await insertRows(stack, table);
    const logs = await workflow.ended(runs);
    assertEquals(
      logs.map(({ status, attempt }) => [status, attempt]),
      logs.map(() => ["completed", 1]),
    );
  }
});

Deno.test("a wake-up that is lost on its way is made up for by the tick", async () => {
  await using stack = await openStack();
  await using _tick = await pauseTick(stack);
  await using table = await createTable(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [{ action_type: "log", payload: { message: "{{ $.record.name }}" } }],
  });
  await untilNobodyListens(stack);
  await stack.admin.begin(async (transaction) => {
    await transaction`insert into ${transaction(table.name)} (name) values ('a row')`;
    await transaction`set constraints all immediate`;
    const lost = await transaction`delete from net.http_request_queue`;
    assertEquals(lost.count, 1);
  });
  assertEquals(await workflow.runs(), []);
  await stack.tick();
  assertEquals((await workflow.ended()).map(({ status }) => status), ["completed"]);
});
