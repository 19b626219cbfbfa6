import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { type AttachedTable, createTable } from "../attached_table.ts";
import { insertRows } from "../insert_rows.ts";
import { pauseEngine } from "../quiet.ts";
import { openStack, type TestStack } from "../stack.ts";
import { createWorkflow } from "../workflow.ts";

/** Slow on a large record: a regular expression over each of its items. */
const SLOW = 'exists($.event.record.data.items[*] ? (@ like_regex "^[ab]*c.*d.*e.*f$"))';

/** Slow on a small one: each of its items against each. */
const SQUARE = "exists($.event.record.data[*] ? (@ == $.event.record.data[*] + 5000))";

/** About a megabyte. */
const LARGE_RECORD = { data: { items: Array.from({ length: 4000 }, () => "ab".repeat(125)) } };

Deno.test("a hostile definition does not slow the insert that starts it, nor stop another", async () => {
  await using stack = await openStack();
  await using plain = await createTable(stack);
  await using watched = await createTable(stack);
  await stack.db`
    select public.workflow_attach(${watched.name}, columns => array['id', 'name', 'data'])`;
  await using _slow = await createWorkflow(stack, {
    trigger: watched.inserted,
    condition: SLOW,
    actions: [{ action_type: "log", payload: { message: "never" } }],
  });
  await using broken = await createWorkflow(stack, {
    trigger: watched.inserted,
    actions: [{ action_type: "log", payload: { message: "{{ $.record.gone | required }}" } }],
  });
  await using wordy = await createWorkflow(stack, {
    trigger: watched.inserted,
    actions: [{ action_type: "log", payload: { message: "{{ $.record.data.items[*] | json }}" } }],
  });
  await using sound = await createWorkflow(stack, {
    trigger: watched.inserted,
    actions: [{
      action_type: "log",
      payload: { message: "{{ $.record.name | default: 'fine' }}" },
    }],
  });
  {
    await using _pause = await pauseEngine(stack);
    const unwatched = await timeInserts(stack, plain);
    assertLess(await timeInserts(stack, watched), unwatched * 1.5 + 20);
  }
  await stack.tick();
  const done = await sound.ended(INSERTS);
  assertEquals(new Set(done.map(({ status }) => status)), new Set(["completed"]));
  const failed = [...await broken.ended(INSERTS), ...await wordy.ended(INSERTS)];
  assertEquals(new Set(failed.map(({ status }) => status)), new Set(["failed"]));
  assertMatch(failed.map(({ error }) => error).join(), /"\$\.record\.gone".*is too large/);
});

Deno.test("a definition that is slow on each of many events keeps no call from its end", async () => {
  await using stack = await openStack();
  await using _pause = await pauseEngine(stack);
  await using table = await createTable(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    condition: SQUARE,
    actions: [{ action_type: "log", payload: { message: "never" } }],
  });
  const data = Array.from({ length: 600 }, (_, index) => index);
  await insertRows(stack, table, Array.from({ length: 1000 }, () => ({ data })));
  const countNew = async () => {
    const [row] = await stack.db`
      select count(*)::int as count
      from public.workflow_event e
      where e.name = ${table.inserted} and e.expanded_at is null`;
    return row?.count;
  };
  await stack.service.rpc("workflow_claim", { worker_id: "patient", max_actions: 10, wait_ms: 0 })
    .throwOnError();
  assertLess(await countNew(), 1000);
  assertEquals(await workflow.runs(), []);
  await stack.db`delete from public.workflow_event where name = ${table.inserted}`;
});

const INSERTS = 7;

/** The median milliseconds of an insert of a large record. */
async function timeInserts({ db }: TestStack, table: AttachedTable): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < INSERTS; count++) {
    const start = performance.now();
    await db`insert into ${db(table.name)} ${db(LARGE_RECORD)}`;
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(INSERTS / 2)] ?? 0;
}
