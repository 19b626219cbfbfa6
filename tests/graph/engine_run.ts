/** One run in the real engine, driven attempt by attempt over one connection. */
import type postgres from "postgres";
import type { Action, Condition, Outcome, Standing } from "./interpreter.ts";

/** Farther than any delay or backoff of these definitions. */
const LATER = "100 days";

interface Claim {
  readonly id: string;
  readonly attempt: number;
  readonly action: string;
  readonly values: readonly [item: number | null];
}

interface Answer {
  readonly actions: Record<string, { readonly name: string }>;
  readonly claims: readonly Claim[];
  readonly accepted?: number;
}

export class EngineRun {
  readonly #sql: postgres.Sql;
  readonly #id: string;
  readonly #claims = new Map<string, Claim>();

  private constructor(sql: postgres.Sql, id: string) {
    this.#sql = sql;
    this.#id = id;
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
    const run = new EngineRun(sql, row?.id);
    await run.#claim();
    return run;
  }

  /** Whether an attempt of this action or item is running. */
  has(name: string): boolean {
    return this.#claims.has(name);
  }

  async report(name: string, outcome: Outcome): Promise<void> {
    const claim = this.#claims.get(name);
    if (claim === undefined) throw new Error(`The engine runs no attempt of "${name}"`);
    this.#claims.delete(name);
    if (outcome === "lost") return await this.#lose(claim);
    const result = {
      id: claim.id,
      attempt: claim.attempt,
      ...resultOf(outcome, claim.values[0] ?? name),
    };
    const [row] = await this.#sql`
      select public.workflow_report('property', ${
      this.#sql.json([result] as never)
    }, '[]', 1000) as answer`;
    const answer: Answer = row?.answer;
    if (answer.accepted !== 1) throw new Error(`The engine refused the result of "${name}"`);
    await this.#take(answer);
  }

  async stop(name: string): Promise<void> {
    this.#claims.delete(name);
    await this.#sql`
      update public.workflow_action_logs l
      set status = 'stopped', lease_expires_at = null,
        completed_at = greatest(workflow_engine.clock(), l.started_at)
      from public.workflow_action a
      where l.run_id = ${this.#id} and a.id = l.workflow_action_id
        and concat(a.name, '[' || l.item_index || ']') = ${name}`;
    await this.#claim();
  }

  async travel(): Promise<void> {
    await this.#sql`
      update workflow_engine.clock_offset set "offset" = "offset" + ${LATER}::interval`;
    await this.#claim();
  }

  async read(): Promise<Standing> {
    const rows = await this.#sql`
      select concat(a.name, '[' || l.item_index || ']') as name, l.status, l.reason,
        case a.action_type when 'choice' then l.output -> 'chosen' else l.output end as output
      from public.workflow_action_logs l
      join public.workflow_action a on a.id = l.workflow_action_id
      where l.run_id = ${this.#id}
      order by l.created_at`;
    const [run] = await this.#sql`
      select r.status from public.workflow_run r where r.id = ${this.#id}`;
    return {
      run: run?.status,
      logs: Object.fromEntries(
        rows.map(({ name, status, reason, output }) => [name, { status, reason, output }]),
      ),
      compensations: rows.map(({ name }): string => name).filter((name) => /^undo_\w+$/.test(name)),
    };
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

  async #claim(): Promise<void> {
    const [row] = await this.#sql`select public.workflow_claim('property', 1000) as answer`;
    await this.#take(row?.answer);
  }

  /** A claim may bring on the next, until there is nothing left to claim. */
  async #take({ actions, claims }: Answer): Promise<void> {
    if (claims.length === 0) return;
    for (const claim of claims) {
      const [item] = claim.values;
      const name = actions[claim.action]?.name ?? "";
      this.#claims.set(item === null ? name : `${name}[${item}]`, claim);
    }
    await this.#claim();
  }
}

function resultOf(outcome: Exclude<Outcome, "lost">, output: string | number): object {
  if (outcome === "completed") return { status: outcome, output };
  if (outcome === "released") return { status: outcome };
  return { status: "failed", error: "It failed", final: outcome === "final" };
}

function actionOf(action: Action): object {
  return {
    name: action.name,
    action_type: action.rules === null ? "log" : "choice",
    order: action.order,
    payload: action.rules === null ? { item: "{{ $.item.number }}" } : choicePayload(action.rules),
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
    delay: action.isDelayed ? "1 hour" : "0",
    max_retries: action.maxRetries,
  };
}

function choicePayload(rules: NonNullable<Action["rules"]>): object {
  const choices = rules.filter(({ condition }) => condition !== null)
    .map(({ condition, targets }) => ({ if: expression(condition), then: targets }));
  const otherwise = rules.find(({ condition }) => condition === null);
  return { choices, ...(otherwise === undefined ? {} : { else: otherwise.targets }) };
}

function expression(condition: Condition | null): string | null {
  if (condition === null) return null;
  if (typeof condition === "boolean") return `$.vars.yes == ${condition}`;
  return `$.actions.${condition.action}.status == "${condition.status}"`;
}
