/** One run in the real engine, driven attempt by attempt over one connection. */
import { assertEquals } from "@std/assert";
import type postgres from "postgres";
import { z } from "zod";
import type { Action, Condition, Wait } from "./definition.ts";
import type { Answer, Outcome, Signal, Standing } from "./interpreter.ts";
import { findBreach } from "./invariants.ts";

/** What is delayed, or expires, does so after an hour; no backoff takes that long. */
const HOUR = "1 hour";
const LATER = "90 minutes";

/** Farther than anything waits that does not say how long. */
const LAST = "100 days";

interface Claim {
  readonly id: string;
  readonly attempt: number;
  readonly action: string;
  readonly values: readonly [item: number | null];
}

interface Batch {
  readonly actions: Record<string, { readonly name: string }>;
  readonly claims: readonly Claim[];
  readonly next_due_ms: number | null;
  readonly accepted?: number;
}

/** What the outputs of the engine's own actions come to, those of items one by one. */
const output: z.ZodType<unknown> = z.lazy(() =>
  z.union([
    z.array(output),
    z.object({ chosen: z.array(z.string()) }).transform(({ chosen }) => chosen),
    z.object({ timed_out: z.literal(true) }).transform(() => "timed out"),
    z.object({ event: z.object({ payload: z.object({ id: z.number() }) }) })
      .transform(({ event }) => event.payload.id),
    z.object({ decision: z.string() }).transform(({ decision }) => decision),
    z.union([z.null(), z.string(), z.number()]),
  ])
);

const standing = z.object({
  run: z.string(),
  logs: z.array(z.object({
    id: z.string(),
    name: z.string(),
    status: z.string(),
    reason: z.string().nullable(),
    output,
    attempt: z.number(),
    isPlanned: z.boolean(),
  })),
});

export class EngineRun {
  readonly #sql: postgres.Sql;
  readonly #id: string;
  readonly #waits: ReadonlyMap<string, Wait | null>;
  /** The attempts that are running. */
  readonly #claims = new Map<string, Claim>();
  /** The last attempt of each, running or not, by name and by id. */
  readonly #attempts = new Map<string, Claim>();
  #isPaused = false;

  private constructor(sql: postgres.Sql, id: string, actions: readonly Action[]) {
    this.#sql = sql;
    this.#id = id;
    this.#waits = new Map(actions.map(({ name, wait }) => [name, wait]));
  }

  /** Saves the definition and starts its run. */
  static async start(sql: postgres.Sql, actions: readonly Action[]): Promise<EngineRun> {
    const items = Object.fromEntries(actions.map(({ name, items }) => [
      name,
      items?.map((go, number) => ({ go, number })) ?? null,
    ]));
    const definition = { name: "property", trigger: "property", vars: { yes: true } };
    const document = { ...definition, actions: actions.map(actionOf) };
    await sql`select workflow_engine.write_definition(${sql.json(document as never)})`;
    const [row] = await sql`
      select public.workflow_emit('property', ${
      sql.json({ items } as never)
    }) #>> '{runs,0,id}' as id`;
    const run = new EngineRun(sql, row?.id, actions);
    await run.#claim();
    return run;
  }

  async report(name: string, outcome: Outcome): Promise<void> {
    const claim = this.#claims.get(name);
    if (claim === undefined) throw new Error(`The engine runs no attempt of "${name}"`);
    this.#claims.delete(name);
    if (outcome === "lost") return await this.#lose(claim);
    const wait = this.#waits.get(name.replace(/\[.*/, "")) ?? null;
    const result = outcome === "completed" && wait !== null
      ? { status: "waiting", wait: termsOf(wait) }
      : resultOf(outcome, claim.values[0] ?? name);
    const batch = await this.#send([{ ...claim, result }], 1000);
    assertEquals(batch.accepted, 1, `The engine refused the result of "${name}"`);
    if (wait?.kind === "event") await this.#commit();
    await this.#take(batch);
  }

  /** Whoever was asked answers: of an approval yes or no, else with a callback. */
  async answer(name: string, kind: Wait["kind"], answer: Answer): Promise<void> {
    const { id, attempt, values } = this.#lastOf(name);
    if (kind === "callback") {
      const result = answer === "completed"
        ? { status: "completed", output: values[0] ?? name }
        : { status: answer === "final" ? "failed" : "retry", error: "It failed" };
      await this.#sql`
        select public.workflow_answer(${id}, ${attempt}, ${this.#sql.json(result)})`;
    } else {
      await this.#sql`
        select case ${answer}::text
          when 'completed' then public.workflow_approve(a.id) else public.workflow_reject(a.id)
        end
        from public.workflow_approval a
        where a.action_log_id = ${id}`;
    }
    await this.#claim();
  }

  async signal({ event, number, id }: Signal): Promise<void> {
    await this.#sql`
      select public.workflow_signal(${this.#id}, ${event}, ${this.#sql.json({ number, id })})`;
    await this.#commit();
    await this.#claim();
  }

  /** A worker that has not heard of the stop yet reports in vain. */
  async stop(name: string): Promise<void> {
    await this.#sql`
      select public.workflow_stop(action_id => l.id)
      from public.workflow_action_logs l
      join public.workflow_action a on a.id = l.workflow_action_id
      where l.run_id = ${this.#id} and concat(a.name, '[' || l.item_index || ']') = ${name}`;
    const late = this.#claims.get(name);
    this.#claims.delete(name);
    await this.#refuse(late === undefined ? [] : [late]);
    await this.#claim();
  }

  async stopRun(): Promise<void> {
    await this.#sql`select public.workflow_stop(run_id => ${this.#id})`;
    this.#isPaused = false;
    await this.#refuse([...this.#claims.values()]);
    await this.#claim();
  }

  async pause(): Promise<void> {
    await this.#sql`select public.workflow_pause(run_id => ${this.#id})`;
    this.#isPaused = true;
  }

  async resume(): Promise<void> {
    await this.#sql`select public.workflow_resume(run_id => ${this.#id})`;
    this.#isPaused = false;
    await this.#claim();
  }

  /** What was running when the run ended is late, whether it is running again or not. */
  async retry(): Promise<void> {
    const late = [...this.#claims.values()];
    this.#claims.clear();
    await this.#sql`select public.workflow_retry(${this.#id})`;
    await this.#refuse(late);
    await this.#claim();
    await this.#refuse(late);
  }

  /** Whether the engine refuses to retry the run as one in the wrong state. */
  async refusesRetry(): Promise<boolean> {
    await this.#sql`savepoint before_retry`;
    const isRefused = await this.#sql`select public.workflow_retry(${this.#id})`
      .then(() => false, ({ code }: { code: unknown }) => code === "PT409");
    await this.#sql`rollback to before_retry`;
    return isRefused;
  }

  async travel(isLast: boolean): Promise<void> {
    await this.#sql`
      update workflow_engine.clock_offset
      set "offset" = "offset" + ${isLast ? LAST : LATER}::interval`;
    await this.#sql`select public.workflow_action_log_cron()`;
    await this.#claim();
  }

  /** The names of its action logs, the oldest first. */
  async readNames(): Promise<string[]> {
    const rows = await this.#sql`
      select concat(a.name, '[' || l.item_index || ']') as name
      from public.workflow_action_logs l
      join public.workflow_action a on a.id = l.workflow_action_id
      where l.run_id = ${this.#id}
      order by l.id`;
    return rows.map(({ name }) => name);
  }

  /** How the run stands, if no invariant is broken. */
  async read(): Promise<Standing> {
    const [row] = await this.#sql`
      select r.status as run, (
        select json_agg(
          json_build_object(
            'id', l.id, 'name', concat(a.name, '[' || l.item_index || ']'), 'status', l.status, 'reason', l.reason,
            'output', l.output, 'attempt', l.attempt, 'isPlanned', isfinite(l.execute_at)
          )
          order by l.created_at
        )
        from public.workflow_action_logs l
        join public.workflow_action a on a.id = l.workflow_action_id
        where l.run_id = r.id
      ) as logs
      from public.workflow_run r
      where r.id = ${this.#id}`;
    const { run, logs } = standing.parse(row);
    assertEquals(findBreach(run, logs, this.#attempts), null);
    return {
      run,
      logs: Object.fromEntries(
        logs.map(({ name, status, reason, output }) => [name, { status, reason, output }]),
      ),
      compensations: logs.map(({ name }) => name).filter((name) => /^undo_\w+$/.test(name)),
    };
  }

  #lastOf(name: string): Claim {
    const claim = this.#attempts.get(name);
    if (claim === undefined) throw new Error(`The engine began no attempt of "${name}"`);
    return claim;
  }

  async #send(results: readonly (Claim & { result: object })[], maxActions = 0): Promise<Batch> {
    const sent = results.map(({ id, attempt, result }) => ({ id, attempt, ...result }));
    const [row] = await this.#sql`
      select public.workflow_report('property', ${
      this.#sql.json(sent)
    }, '[]', ${maxActions}) as batch`;
    return row?.batch;
  }

  /** The results of these attempts count no more. */
  async #refuse(late: readonly Claim[]): Promise<void> {
    if (late.length === 0) return;
    const result = resultOf("completed", "late");
    const { accepted } = await this.#send(late.map((claim) => ({ ...claim, result })));
    assertEquals(accepted, 0, "The engine took a late result");
  }

  /** The worker dies, its lease runs out, the tick finds it. */
  async #lose({ id }: Claim): Promise<void> {
    await this.#sql`
      update public.workflow_action_logs
      set lease_expires_at = clock_timestamp() - interval '1 second'
      where id = ${id}`;
    await this.#sql`select public.workflow_action_log_cron()`;
    await this.#claim();
  }

  /** Lets it look as if what marks events and waits as new had been a transaction of its own. */
  async #commit(): Promise<void> {
    await this.#sql`
      with wait as (update workflow_engine.event_wait set marked_by = '3' where is_new)
      update workflow_engine.awaited_event set marked_by = '3' where is_new`;
  }

  async #claim(): Promise<void> {
    const [row] = await this.#sql`select public.workflow_claim('property', 1000) as batch`;
    await this.#take(row?.batch);
  }

  /** A claim may bring on the next, until nothing is due. */
  async #take({ actions, claims, next_due_ms }: Batch): Promise<void> {
    if (claims.length > 0 && this.#isPaused) {
      throw new Error("The engine begins attempts in a paused run");
    }
    for (const claim of claims) {
      const [item] = claim.values;
      const action = actions[claim.action]?.name ?? "";
      const name = item === null ? action : `${action}[${item}]`;
      if (claim.attempt <= (this.#attempts.get(claim.id)?.attempt ?? 0)) {
        throw new Error(`The engine begins attempt ${claim.attempt} of "${name}" again`);
      }
      this.#claims.set(name, claim);
      this.#attempts.set(name, claim).set(claim.id, claim);
    }
    if (claims.length > 0 && next_due_ms === 0) await this.#claim();
  }
}

function resultOf(outcome: Exclude<Outcome, "lost">, output: string | number): object {
  if (outcome === "completed") return { status: outcome, output };
  if (outcome === "released") return { status: outcome };
  return { status: "failed", error: "It failed", final: outcome === "final" };
}

/** What the handler of such an action reports that it waits for. */
function termsOf({ kind, expires, event, number }: Wait): Record<string, unknown> {
  const timeout = expires ? { timeout: HOUR } : {};
  if (kind === "callback") return { kind, ...timeout };
  if (kind === "sleep") return { kind, duration: HOUR };
  if (kind === "event") {
    return { kind, event, ...(number === null ? {} : { match: { number } }), ...timeout };
  }
  return { kind, message: "Go on?", tokens: [], ...(expires ? { expires_in: HOUR } : {}) };
}

function actionOf(action: Action): object {
  return {
    name: action.name,
    ...(action.rules === null ? taskOf(action.wait) : choiceOf(action.rules)),
    order: action.order,
    depends_on: action.dependsOn,
    join_count: action.joinCount,
    run_if: action.runIf,
    condition: action.condition === "item" ? "$.item.go == true" : expression(action.condition),
    for_each: action.items === null ? null : `$.event.items.${action.name}`,
    max_concurrency: action.maxConcurrency,
    tolerated_failure_count: action.toleratedCount,
    tolerated_failure_percentage: action.toleratedPercentage,
    continue_on_failure: action.continueOnFailure,
    compensate_with: action.compensateWith,
    delay: action.isDelayed ? HOUR : "0",
    max_retries: action.maxRetries,
  };
}

/** What a worker would execute; the number of the item is what it is told. */
function taskOf(wait: Wait | null): object {
  const item = "{{ $.item.number }}";
  if (wait?.kind === "sleep") return { action_type: "sleep", payload: { duration: item } };
  if (wait?.kind === "approval") return { action_type: "approval", payload: { message: item } };
  if (wait?.kind !== "event") return { action_type: "log", payload: { item } };
  return { action_type: "wait_for_event", payload: { event: wait.event, match: { item } } };
}

function choiceOf(rules: NonNullable<Action["rules"]>): object {
  const choices = rules.filter(({ condition }) => condition !== null)
    .map(({ condition, targets }) => ({ if: expression(condition), then: targets }));
  const otherwise = rules.find(({ condition }) => condition === null);
  const rest = otherwise === undefined ? {} : { else: otherwise.targets };
  return { action_type: "choice", payload: { choices, ...rest } };
}

function expression(condition: Condition | null): string | null {
  if (condition === null) return null;
  if (typeof condition === "boolean") return `$.vars.yes == ${condition}`;
  return `$.actions.${condition.action}.status == "${condition.status}"`;
}
