import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { travel } from "../../local/travel.ts";
import { logFile } from "../../local/services.ts";
import { readSettings } from "../../local/settings.ts";
import { createTable } from "../attached_table.ts";
import { createEndpoint, type Endpoint } from "../endpoint.ts";
import { insertRows } from "../insert_rows.ts";
import { setLeaseGrace, untilLeaseRanOut } from "../lease.ts";
import { killFunction, pauseTick, stopFunction } from "../quiet.ts";
import { openStack, type TestStack } from "../stack.ts";
import { until } from "../until.ts";
import { startWorkerProcess } from "../worker_process.ts";
import { createWorkflow } from "../workflow.ts";

/** An action that is under way: its endpoint has been called and takes its time to answer. */
async function startAction(stack: TestStack, timeoutSeconds = 60) {
  await using parts = new AsyncDisposableStack();
  parts.use(await pauseTick(stack));
  const table = parts.use(await createTable(stack));
  const endpoint = parts.use(
    await createEndpoint(stack, { answers: [{ status: 200, body: "first" }], delay_ms: 30_000 }),
  );
  const workflow = parts.use(
    await createWorkflow(stack, {
      trigger: table.inserted,
      actions: [{ target_endpoint: endpoint.path, timeout_seconds: timeoutSeconds }],
    }),
  );
  await insertRows(stack, table);
  await until("the call", async () => (await endpoint.requests()).length === 1);
  const [log] = await workflow.logs();
  assert(log !== undefined);
  const kept = parts.move();
  return { endpoint, workflow, log, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function answerAtOnce(endpoint: Endpoint): Promise<void> {
  return endpoint.setScript({ answers: [{ status: 200, body: "second" }] });
}

async function readFailures({ service }: TestStack, actionLogId: string): Promise<string[]> {
  const { data } = await service.from("workflow_history").select("error")
    .eq("action_log_id", actionLogId).eq("kind", "attempt_failed").order("id").throwOnError();
  return data.map(({ error }) => String(error));
}

Deno.test("a handler killed in mid-action runs again, and its late result is refused", async () => {
  await using stack = await openStack();
  await using _grace = await setLeaseGrace(stack, "1 second");
  await using action = await startAction(stack, 1);
  const { endpoint, workflow, log } = action;
  await killFunction(stack);
  await answerAtOnce(endpoint);
  await untilLeaseRanOut(stack, log.id);
  await stack.tick();
  const [again] = await workflow.ended();
  assertEquals([again?.attempt, again?.output_json], [2, '"second"']);
  const { data: late } = await stack.service.rpc("workflow_report", {
    worker_id: log.worker_id,
    results: [{ id: log.id, attempt: 1, status: "completed", output: "first" }],
  }).throwOnError();
  assertEquals([late.accepted, late.stale], [0, [log.id]]);
  assertEquals((await workflow.logs())[0]?.output_json, '"second"');
  const failures = await readFailures(stack, log.id);
  assertEquals(failures.length, 1);
  assertMatch(failures[0] ?? "", /was lost: its lease ran out$/);
});

Deno.test("a handler frozen past its lease changes nothing when it thaws", async () => {
  await using stack = await openStack();
  await using _grace = await setLeaseGrace(stack, "1 second");
  await using action = await startAction(stack, 1);
  const { endpoint, workflow, log } = action;
  const { pid } = await stack.functions.state();
  assert(pid !== null);
  Deno.kill(pid, "SIGSTOP");
  try {
    await answerAtOnce(endpoint);
    await untilLeaseRanOut(stack, log.id);
    await using _worker = startWorkerProcess(stack);
    await stack.tick();
    const [again] = await workflow.ended();
    assertEquals([again?.attempt, again?.output_json], [2, '"second"']);
  } finally {
    Deno.kill(pid, "SIGCONT");
  }
  await until("the late report to be refused", async () => {
    const lines = (await Deno.readTextFile(logFile(readSettings().dir, "functions"))).split("\n");
    return lines.some((line) => line.includes("no longer this worker's") && line.includes(log.id));
  });
  const [after] = await workflow.logs();
  assertEquals([after?.status, after?.attempt, after?.output_json], ["completed", 2, '"second"']);
  assertEquals((await readFailures(stack, log.id)).length, 1);
});

Deno.test("a function that is replaced gives its leases back, which costs no try", async () => {
  await using stack = await openStack();
  await using action = await startAction(stack);
  const { endpoint, workflow, log } = action;
  await answerAtOnce(endpoint);
  await stack.functions.restart();
  await stack.tick();
  const [again] = await workflow.ended();
  assertEquals([again?.status, again?.tries, again?.output_json], ["completed", 0, '"second"']);
  assertEquals((await endpoint.requests()).length, 2);
  assertEquals(await readFailures(stack, log.id), []);
});

Deno.test("a function that is down for two ticks loses nothing", async () => {
  await using stack = await openStack();
  await using _tick = await pauseTick(stack);
  await using table = await createTable(stack);
  await using endpoint = await createEndpoint(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [{ target_endpoint: endpoint.path, payload: { name: "{{ $.record.name }}" } }],
  });
  const names = ["one", "two", "three", "four", "five"];
  {
    await using _function = await stopFunction(stack);
    await insertRows(stack, table, names.map((name) => ({ name })));
    await travel(stack.db, "1 minute");
    await travel(stack.db, "1 minute");
    const waiting = await workflow.logs();
    assertEquals(waiting.map(({ status }) => status), names.map(() => "not_started"));
  }
  await travel(stack.db, "1 minute");
  const logs = await workflow.ended(names.length);
  assertEquals(logs.map(({ attempt }) => attempt), names.map(() => 1));
  const called = (await endpoint.requests()).map(({ body }) => JSON.parse(body).payload.name);
  assertEquals(called.toSorted(), names.toSorted());
});

Deno.test("a worker process works without the function, and beside it", async () => {
  await using stack = await openStack();
  await using _tick = await pauseTick(stack);
  await using table = await createTable(stack);
  await using endpoint = await createEndpoint(stack);
  await using workflow = await createWorkflow(stack, {
    trigger: table.inserted,
    actions: [{ target_endpoint: endpoint.path, payload: { name: "{{ $.record.name }}" } }],
  });
  await using worker = startWorkerProcess(stack);
  {
    await using _function = await stopFunction(stack);
    await insertRows(stack, table);
    const [log] = await workflow.ended(1);
    assertStringIncludes(log?.worker_id ?? "", worker.name);
  }
  await insertRows(stack, table, Array.from({ length: 300 }, () => ({ name: "a row" })));
  const logs = await workflow.ended(301);
  assertEquals(
    new Set(logs.map(({ status, attempt }) => `${status} ${attempt}`)),
    new Set(["completed 1"]),
  );
  assertEquals((await endpoint.requests()).length, 301);
  assertEquals(await worker.end(), 0);
});
