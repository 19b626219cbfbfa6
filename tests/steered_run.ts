import { type Attempt, call, claimAttempts } from "./engine_calls.ts";
import { openSession, type Session } from "./session.ts";
import type { TestStack } from "./stack.ts";
import { uniqueName } from "./unique_name.ts";
import { type ActionDefinition, createWorkflow, type TestWorkflow } from "./workflow.ts";

/** A run that nothing but the test moves on, and two sessions to do so at once. */
export interface SteeredRun extends AsyncDisposable {
  readonly id: string;
  readonly workflow: TestWorkflow;
  /** The event that starts its workflow. */
  readonly trigger: string;
  readonly first: Session;
  readonly second: Session;
  /** The attempt of an action of this run that was claimed last. */
  attempt(name: string): Attempt;
  /** All that were claimed, by action log. */
  attempts(name: string): Attempt[];
  /** Claims all that is due, of its children too. */
  claim(): Promise<Attempt[]>;
  /** The status of the run, as `run`, and those of its actions. */
  statuses(): Promise<Record<string, string>>;
  /** The output of an action. */
  output(name: string): Promise<unknown>;
  /** What the history says of the run: the kinds, oldest first. */
  history(): Promise<string[]>;
}

/**
 * Starts a run, and claims its first actions. The engine must be paused. The event that starts it
 * has two `items`.
 */
export async function startRun(
  stack: TestStack,
  ...actions: readonly ActionDefinition[]
): Promise<SteeredRun> {
  await using parts = new AsyncDisposableStack();
  const trigger = uniqueName("steered");
  const workflow = parts.use(await createWorkflow(stack, { trigger, actions }));
  const first = parts.use(await openSession(stack, "service_role"));
  const second = parts.use(await openSession(stack, "service_role"));
  const { runs } = await call(first, "workflow_emit", {
    event: trigger,
    payload: { items: ["one", "two"] },
  }) as { runs: { id: string }[] };
  const id = runs[0]?.id;
  if (id === undefined) throw new Error("Cannot start a run");
  const all: Attempt[] = [];
  const claim = async () => {
    const claimed = await claimAttempts(first);
    all.push(...claimed.filter(({ run_id }) => run_id === id));
    return claimed;
  };
  const attempts = (name: string) =>
    all.filter((attempt) => attempt.name === name).sort((a, b) => a.id < b.id ? -1 : 1);
  await claim();
  const kept = parts.move();
  return {
    id,
    workflow,
    trigger,
    first,
    second,
    claim,
    attempts,
    attempt: (name) => {
      const attempt = all.findLast((each) => each.name === name);
      if (attempt === undefined) throw new Error(`Nobody has claimed "${name}"`);
      return attempt;
    },
    statuses: () => readStatuses(stack, id),
    output: async (name) => {
      const log = (await workflow.logs()).find(({ action }) => action === name);
      return JSON.parse(log?.output_json ?? "null");
    },
    history: async () => {
      const rows = await stack.db`
        select h.kind from public.workflow_history h where h.run_id = ${id} and h.kind !~ '^(run|action)_'
        order by h.recorded_at, h.id`;
      return rows.map(({ kind }) => String(kind));
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** The status of any run, as `run`, and those of its actions. */
export async function readStatuses(
  { db }: TestStack,
  runId: string,
): Promise<Record<string, string>> {
  const rows = await db`
    select 'run' as name, r.status from public.workflow_run r where r.id = ${runId}
    union all
    select a.name || coalesce('[' || l.item_index || ']', ''), l.status
    from public.workflow_action_logs l
    join public.workflow_action a on a.id = l.workflow_action_id
    where l.run_id = ${runId}`;
  return Object.fromEntries(rows.map(({ name, status }) => [name, status]));
}
