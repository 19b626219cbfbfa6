import type { TestStack } from "./stack.ts";
import { uniqueName } from "./unique_name.ts";
import { until } from "./until.ts";

/** The columns of an action that a test sets. */
export interface ActionDefinition {
  readonly name?: string;
  readonly action_type?: string;
  readonly target_endpoint?: string;
  readonly order?: number;
  readonly payload?: Record<string, unknown>;
  readonly condition?: string;
  readonly for_each?: string;
  readonly max_concurrency?: number;
  readonly join_count?: number;
  readonly run_if?: "success" | "failure" | "always";
  readonly delay?: string;
  readonly timeout_seconds?: number;
  readonly max_retries?: number;
}

/** The columns of a workflow that a test sets. */
export interface WorkflowDefinition {
  readonly trigger: string;
  readonly condition?: string;
  readonly priority?: number;
  readonly actions: readonly ActionDefinition[];
}

/** An action log, as a test looks at it. */
export interface ActionLog {
  readonly id: string;
  readonly run_id: string;
  readonly workflow_action_id: string;
  readonly action: string;
  readonly status: string;
  readonly attempt: number;
  readonly tries: number;
  readonly final: boolean;
  readonly worker_id: string | null;
  readonly related_table_pkey: string | null;
  readonly meta: Record<string, unknown>;
  /** The output as the JSON that is stored; null when there is none at all. */
  readonly output_json: string | null;
  readonly error: string | null;
  readonly http_status: number | null;
  /** Seconds from now, on the engine's clock, until it is due. */
  readonly due_in: number;
}

/** A workflow that a test has saved. */
export interface TestWorkflow extends AsyncDisposable {
  readonly id: string;
  readonly name: string;
  /** Its action logs, oldest first. */
  logs(): Promise<ActionLog[]>;
  /** The statuses of its runs, oldest first. */
  runs(): Promise<string[]>;
  /** Waits until it has this many runs, all of them ended, and returns their action logs. */
  ended(runs?: number, patienceMs?: number): Promise<ActionLog[]>;
  /** Waits for an action log that is as asked. */
  log(what: string, matches: (log: ActionLog) => boolean): Promise<ActionLog>;
}

/** Saves a workflow. In the end it and its runs are removed, so that nothing of it is ever due again. */
export async function createWorkflow(
  stack: TestStack,
  definition: WorkflowDefinition,
): Promise<TestWorkflow> {
  const name = uniqueName("workflow");
  const id = await save(stack, name, definition);
  const logs = () => readLogs(stack, id);
  const runs = async () => {
    const rows = await stack.db`
      select r.status from public.workflow_run r where r.workflow_id = ${id} order by r.id`;
    return rows.map(({ status }) => String(status));
  };
  return {
    id,
    name,
    logs,
    runs,
    ended: async (wanted = 1, patienceMs) => {
      await until(`${wanted} runs to end`, async () => {
        const statuses = await runs();
        return statuses.length === wanted &&
          statuses.every((status) => ["completed", "failed", "stopped"].includes(status));
      }, patienceMs);
      return await logs();
    },
    log: (what, matches) => until(what, async () => (await logs()).find(matches)),
    [Symbol.asyncDispose]: () => remove(stack, id),
  };
}

/** Saves a definition as the service role, through the Data API. */
async function save(
  { service }: TestStack,
  name: string,
  { actions, ...workflow }: WorkflowDefinition,
): Promise<string> {
  const { data } = await service.from("workflow")
    .insert({ ...workflow, name, is_active: false })
    .select("id").single().throwOnError();
  for (const action of actions) {
    await service.from("workflow_action")
      .insert({ action_type: "webhook", ...action, workflow_id: data.id }).throwOnError();
  }
  await service.from("workflow").update({ is_active: true }).eq("id", data.id).throwOnError();
  return data.id;
}

async function readLogs({ db }: TestStack, workflowId: string): Promise<ActionLog[]> {
  return await db<ActionLog[]>`
    select l.id, l.run_id, l.workflow_action_id, a.name as action, l.status, l.attempt, l.tries,
      l.final, l.worker_id, l.related_table_pkey, l.meta, l.output::text as output_json, l.error,
      l.http_status,
      case when isfinite(l.execute_at)
        then extract(epoch from l.execute_at - workflow_engine.clock())::float8 else 'infinity'
      end as due_in
    from public.workflow_action_logs l
    join public.workflow_action a on a.id = l.workflow_action_id
    where l.workflow_id = ${workflowId}
    order by l.id`;
}

/** Logs before runs: the order in which reports lock them. */
async function remove({ db }: TestStack, id: string): Promise<void> {
  await db`update public.workflow set is_active = false where id = ${id}`;
  await db`delete from public.workflow_action_logs where workflow_id = ${id}`;
  await db`delete from public.workflow_run where workflow_id = ${id}`;
  await db`delete from public.workflow where id = ${id}`;
}
