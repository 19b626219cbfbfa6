import { assertEquals } from "@std/assert";
import { travel } from "../../local/travel.ts";
import { claimAnswer } from "../../supabase/functions/_shared/contract/claim.ts";
import { createTable } from "../attached_table.ts";
import { claim, completed, report } from "../engine_calls.ts";
import { insertRows } from "../insert_rows.ts";
import { pauseEngine } from "../quiet.ts";
import { openSession } from "../session.ts";
import { openStack, type TestStack } from "../stack.ts";
import { createWorkflow } from "../workflow.ts";

const LOG_ACTION = { action_type: "log", payload: { message: "{{ $.record.name }}" } };

Deno.test("four workers that claim at once over HTTP never take the same action", async () => {
  await using stack = await openStack();
  await using _pause = await pauseEngine(stack);
  await using table = await createTable(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [LOG_ACTION],
  });
  await insertRows(stack, table, Array.from({ length: 400 }, () => ({ name: "a row" })));
  const workers = ["a", "b", "c", "d"].map((worker) => claimAll(stack, worker));
  const taken = (await Promise.all(workers)).flat();
  assertEquals(new Set(taken).size, 400);
  assertEquals(taken.length, 400);
  const logs = await workflow.logs();
  assertEquals(
    new Set(logs.map(({ status, attempt }) => `${status} ${attempt}`)),
    new Set(["processing 1"]),
  );
});

Deno.test("a claim takes what another one that has not committed leaves, without waiting", async () => {
  await using stack = await openStack();
  await using _pause = await pauseEngine(stack);
  await using table = await createTable(stack);
  await using _workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [LOG_ACTION],
  });
  await using first = await openSession(stack, "service_role");
  await using second = await openSession(stack, "service_role");
  await insertRows(stack, table, Array.from({ length: 10 }, () => ({ name: "a row" })));
  await stack.db`select workflow_engine.expand_events()`;
  await first.sql`begin`;
  const mine = await claim(first, 6);
  const yours = await claim(second, 100);
  await first.sql`commit`;
  assertEquals([mine.claims.length, yours.claims.length], [6, 4]);
  assertEquals(new Set([...mine.claims, ...yours.claims].map(({ id }) => id)).size, 10);
});

Deno.test("a claim that rolls back leaves everything to the next, with the same attempt", async () => {
  await using stack = await openStack();
  await using _pause = await pauseEngine(stack);
  await using table = await createTable(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [LOG_ACTION],
  });
  await using session = await openSession(stack, "service_role");
  await insertRows(stack, table);
  await session.sql`begin`;
  assertEquals((await claim(session)).claims.length, 1);
  await session.sql`rollback`;
  const { claims: [again] } = await claim(session);
  assertEquals(again?.attempt, 1);
  assertEquals((await workflow.logs()).length, 1);
});

Deno.test("a claim does not wait for a table that is being altered, but looks again later", async () => {
  await using stack = await openStack();
  await using _pause = await pauseEngine(stack);
  await using altered = await createTable(stack);
  await using free = await createTable(stack);
  await using _later = await createWorkflow(stack, {
    trigger: altered.inserted,
    actions: [LOG_ACTION],
  });
  await using _now = await createWorkflow(stack, { trigger: free.inserted, actions: [LOG_ACTION] });
  await insertRows(stack, altered, [{ name: "later" }]);
  await insertRows(stack, free, [{ name: "now" }]);
  await using owner = await openSession(stack);
  await using worker = await openSession(stack, "service_role");
  await owner.sql`begin`;
  await owner.sql`alter table ${owner.sql(altered.name)} add column added text`;
  await worker.sql`set statement_timeout = '3s'`;
  const during = await claim(worker);
  assertEquals(during.claims.map(({ values }) => values), [["now"]]);
  await owner.sql`commit`;
  await travel(stack.db, "5 seconds");
  const after = await claim(worker);
  assertEquals(after.claims.map(({ values, attempt }) => [values, attempt]), [[["later"], 1]]);
  await report(worker, ...[...during.claims, ...after.claims].map(completed));
});

/** Claims as one worker of its own until nothing is left. */
async function claimAll({ service }: TestStack, worker: string): Promise<string[]> {
  const taken: string[] = [];
  for (;;) {
    const { data } = await service
      .rpc("workflow_claim", { worker_id: worker, max_actions: 10, wait_ms: 200 })
      .throwOnError();
    const { claims } = claimAnswer.parse(data);
    if (claims.length === 0) return taken;
    taken.push(...claims.map(({ id }) => id));
  }
}
