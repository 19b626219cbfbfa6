import { assertEquals, assertMatch } from "@std/assert";
import { call, claimAttempts, failed, report, waiting } from "../engine_calls.ts";
import { pauseEngineInFile } from "../quiet.ts";
import { openStack, type TestStack } from "../stack.ts";
import { readStatuses, startRun, type SteeredRun } from "../steered_run.ts";
import { uniqueName } from "../unique_name.ts";
import { createWorkflow } from "../workflow.ts";

pauseEngineInFile();

const WORK = { name: "work", action_type: "log" };

function deleteWorkflow(run: SteeredRun) {
  return run.second.sql`delete from public.workflow where id = ${run.workflow.id}`;
}

/** A run that has ended, so that its workflow may be deleted. */
async function endedRun(stack: TestStack) {
  const run = await startRun(stack, WORK);
  await report(run.first, failed(run.attempt("work")));
  return run;
}

/** The statuses of all runs of its workflow, once claims have found what is left of them. */
async function settledRuns(run: SteeredRun): Promise<string[]> {
  assertEquals(await run.claim(), []);
  return await run.workflow.runs();
}

Deno.test("a run fails whose workflow is deleted while an emit begins it", async () => {
  await using stack = await openStack();
  await using run = await endedRun(stack);
  await run.first.sql`begin`;
  await call(run.first, "workflow_emit", { event: run.trigger });
  await deleteWorkflow(run);
  await run.first.sql`commit`;
  assertEquals(await settledRuns(run), ["failed", "failed"]);
});

Deno.test("a run fails that an emit begins while its workflow is being deleted", async () => {
  await using stack = await openStack();
  await using run = await endedRun(stack);
  await run.second.sql`begin`;
  await deleteWorkflow(run);
  await call(run.first, "workflow_emit", { event: run.trigger });
  await run.second.sql`commit`;
  assertEquals(await settledRuns(run), ["failed", "failed"]);
});

for (const rpc of ["workflow_retry", "workflow_replay"]) {
  Deno.test(`a run fails whose workflow is deleted during ${rpc}`, async () => {
    await using stack = await openStack();
    await using run = await endedRun(stack);
    await run.first.sql`begin`;
    await call(run.first, rpc, { run_id: run.id });
    await deleteWorkflow(run);
    await run.first.sql`commit`;
    const statuses = await settledRuns(run);
    assertEquals(new Set(statuses), new Set(["failed"]));
  });
}

Deno.test("a parent fails with a child whose workflow is deleted while it begins", async () => {
  await using stack = await openStack();
  await using child = await createWorkflow(stack, {
    trigger: uniqueName("never"),
    actions: [WORK],
  });
  const payload = { workflow: child.name };
  await using run = await startRun(stack, { name: "call", action_type: "start_workflow", payload });
  await run.first.sql`begin`;
  const wait = { kind: "run", input: {}, wait: true, on_failure: "fail", ...payload } as const;
  await report(run.first, waiting(run.attempt("call"), wait));
  await run.second.sql`delete from public.workflow where id = ${child.id}`;
  await run.first.sql`commit`;
  assertEquals(await run.claim(), []);
  await run.claim();
  assertEquals(await readStatuses(stack, run.id), { run: "failed", call: "failed" });
  const [log] = await run.workflow.logs();
  assertMatch(log?.error ?? "", /deleted/);
});

Deno.test("other work goes on beside runs whose workflow was deleted", async () => {
  await using stack = await openStack();
  await using run = await endedRun(stack);
  const trigger = uniqueName("other");
  await using _other = await createWorkflow(stack, { trigger, actions: [WORK] });
  await run.first.sql`begin`;
  await run.first.sql`select public.workflow_emit(${run.trigger}) from generate_series(1, 10)`;
  await deleteWorkflow(run);
  await run.first.sql`commit`;
  await call(run.first, "workflow_emit", { event: trigger });
  assertEquals((await claimAttempts(run.first, 3)).map(({ name }) => name), ["work"]);
  assertEquals(await settledRuns(run), Array.from({ length: 11 }, () => "failed"));
});
