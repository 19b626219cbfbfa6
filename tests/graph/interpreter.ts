/**
 * What a graph comes to, on one page and in memory: the reference that the engine's SQL is compared
 * with. It knows nothing of time but "now" and "later": whoever drives it says when later has come.
 */

export type Status =
  | "not_started"
  | "processing"
  | "waiting"
  | "completed"
  | "failed"
  | "skipped"
  | "stopped";

export type Reason = "condition" | "choice" | "dependency" | "not_needed";

/** How an attempt ends; a lost one is found by the tick when its lease has run out. */
export type Outcome = "completed" | "failed" | "final" | "released" | "lost";

/** What an expression comes to: always the same, or whether an action has that status by then. */
export type Condition = boolean | { readonly action: string; readonly status: Status };

/** A rule of a choice; the else has no condition. */
export interface Rule {
  readonly condition: Condition | null;
  readonly targets: readonly string[];
}

/** An action as its definition has it, but with what its expressions come to. */
export interface Action {
  readonly name: string;
  readonly order: number;
  readonly dependsOn: readonly string[] | null;
  readonly joinCount: number | null;
  readonly runIf: "success" | "failure" | "always";
  /** "item": the condition of each item, which `items` has. */
  readonly condition: Condition | "item" | null;
  readonly rules: readonly Rule[] | null;
  /** The array of its for_each: what the condition says of each item. */
  readonly items: readonly boolean[] | null;
  readonly maxConcurrency: number;
  readonly toleratedCount: number;
  readonly toleratedPercentage: number;
  readonly continueOnFailure: boolean;
  readonly compensateWith: string | null;
  readonly isDelayed: boolean;
  readonly maxRetries: number;
}

/** One execution of an action, or of one of its items. */
export interface Log {
  readonly action: Action;
  readonly item: number | null;
  status: Status;
  reason: Reason | null;
  output: unknown;
  due: "now" | "later" | "never";
  tries: number;
  endedAt: number;
}

/** How a run stands: its status, its action logs by name, and its compensations in their order. */
export interface Standing {
  readonly run: string;
  readonly logs: Record<string, { status: string; reason: string | null; output: unknown }>;
  readonly compensations: readonly string[];
}

export class Interpreter {
  readonly logs: Log[] = [];
  run: "running" | "completed" | "failed" | "stopped" = "running";
  readonly #actions: readonly Action[];
  readonly #compensations: ReadonlySet<string | null>;
  #now = 0;

  constructor(actions: readonly Action[]) {
    this.#actions = actions;
    this.#compensations = compensationsOf(actions);
    this.#advance();
    this.#claim();
  }

  /** An attempt ends. */
  report(log: Log, outcome: Outcome): void {
    if (outcome === "released") log.status = "not_started";
    else if (outcome === "completed") this.#end(log, "completed", log.item ?? log.action.name);
    else if (outcome !== "final" && log.tries < log.action.maxRetries) {
      log.tries += 1;
      log.status = "not_started";
      log.due = outcome === "lost" ? "now" : "later";
    } else this.#end(log, "failed");
    this.#follow([log]);
    this.#claim();
  }

  /** A person stops an action, or one of its items. */
  stop(log: Log): void {
    this.#end(log, "stopped");
    this.#follow([log]);
    this.#claim();
  }

  /** Whatever was to come later is due. */
  travel(): void {
    for (const log of this.logs) if (log.due === "later") log.due = "now";
    this.#claim();
  }

  read(): Standing {
    return {
      run: this.run,
      logs: Object.fromEntries(
        this.logs.map((log) => [nameOf(log), {
          status: log.status,
          reason: log.reason,
          output: log.output,
        }]),
      ),
      compensations: this.logs.filter(({ action, item }) =>
        item === null && this.#compensations.has(action.name)
      ).map(nameOf),
    };
  }

  /** Its log, or that of all its items together. */
  #logOf(action: Action): Log | undefined {
    return this.logs.find((log) => log.action === action && log.item === null);
  }

  #itemsOf(action: Action): Log[] {
    return this.logs.filter((log) => log.action === action && log.item !== null);
  }

  #insert(action: Action, values: Partial<Log> = {}): void {
    const due = action.isDelayed && (values.item ?? null) === null ? "later" : "now";
    this.logs.push({
      ...{ action, item: null, status: "not_started", reason: null, output: null },
      ...{ due, tries: 0, endedAt: 0 },
      ...values,
    });
  }

  #end(log: Log, status: Status, output: unknown = null, reason: Reason | null = null): void {
    Object.assign(log, { status, output, reason, endedAt: ++this.#now });
  }

  /** Due logs are looked at together, and what they come to happens together, again and again. */
  #claim(): void {
    for (;;) {
      const due = this.logs.filter((log) => log.status === "not_started" && log.due === "now");
      if (due.length === 0) return;
      const decided = due.map((log) => ({ log, settle: this.#decide(log) }));
      for (const { settle } of decided) settle?.();
      this.#follow(decided.filter(({ settle }) => settle !== null).map(({ log }) => log));
      for (const { log, settle } of decided) {
        if (log.status === "waiting") this.#insertItems(log.action);
        if (settle === null && log.status === "not_started") log.status = "processing";
      }
    }
  }

  #insertItems(action: Action): void {
    action.items?.forEach((_, item) =>
      this.#insert(action, { item, due: item < action.maxConcurrency ? "now" : "never" })
    );
  }

  /** What becomes of a due log instead of an attempt; null for an attempt. */
  #decide(log: Log): (() => unknown) | null {
    const { condition, rules, items } = log.action;
    const holds = condition === "item"
      ? log.item === null || items?.[log.item] === true
      : condition === null || log.item !== null || this.#holds(condition);
    if (!holds) return () => this.#end(log, "skipped", null, "condition");
    if (rules !== null) {
      const rule = rules.find(({ condition }) => condition === null || this.#holds(condition));
      return () => this.#end(log, "completed", rule?.targets ?? []);
    }
    if (items === null || log.item !== null) return null;
    if (items.length === 0) return () => this.#end(log, "completed", []);
    return () => log.status = "waiting";
  }

  #holds(condition: Condition): boolean {
    if (typeof condition === "boolean") return condition;
    const action = this.#actions.find(({ name }) => name === condition.action);
    return action !== undefined && this.#logOf(action)?.status === condition.status;
  }

  #follow(logs: readonly Log[]): void {
    for (const { action, item } of logs) if (item !== null) this.#settleItems(action);
    this.#advance();
  }

  /** As many items more may run as have ended; too many failures end them all. */
  #settleItems(action: Action): void {
    const parent = this.#logOf(action);
    const items = this.#itemsOf(action);
    const ended = items.filter((item) => !isUnfinished(item));
    const failed = ended.filter(({ status }) => status === "failed");
    const share = Math.floor(items.length * action.toleratedPercentage / 100);
    for (const item of items.slice(0, action.maxConcurrency + ended.length)) {
      if (item.due === "never") item.due = "now";
    }
    if (parent?.status !== "waiting") return;
    if (failed.length > Math.max(action.toleratedCount, share)) this.#end(parent, "failed");
    else if (ended.length === items.length) {
      this.#end(parent, "completed", items.map(({ output }) => output));
    }
  }

  /** Whatever follows now begins or is skipped, what nobody needs is stopped, and the run may end. */
  #advance(): void {
    let hasChanged = true;
    while (hasChanged) {
      const decided = this.#decidePending();
      for (const [action, values] of decided) this.#insert(action, values);
      const unneeded = this.logs.filter((log) =>
        isUnfinished(log) &&
        (log.item === null
          ? this.#isUnneeded(log.action)
          : ["failed", "stopped"].includes(this.#logOf(log.action)?.status ?? ""))
      );
      for (const log of unneeded) this.#end(log, "stopped", null, "not_needed");
      hasChanged = decided.length + unneeded.length > 0;
    }
    if (!this.logs.some(isUnfinished)) this.#finish();
  }

  #decidePending(): [Action, Partial<Log>][] {
    const pending = this.#actions.filter((action) =>
      !this.#compensations.has(action.name) && !this.#logOf(action)
    );
    return pending.flatMap((action) => {
      const reason = this.#reasonToSkip(action);
      if (reason === "wait") return [];
      return [[action, reason === null ? {} : { status: "skipped", reason }]];
    });
  }

  #reasonToSkip(action: Action): Reason | "wait" | null {
    const before = followedBy(action, this.#actions);
    const count = (verdict: string) =>
      before.filter((each) => this.#judge(each) === verdict).length;
    if (before.some((each) => this.#isPassedOver(each, action.name))) return "choice";
    if (this.#isUnneeded(action)) return "not_needed";
    if (action.joinCount !== null && count("passed") >= action.joinCount) return null;
    if (count("unfinished") > 0) return "wait";
    if (action.joinCount !== null) return "dependency";
    if (action.runIf === "always") return null;
    if (action.runIf === "failure") {
      return before.some((each) => this.#logOf(each)?.status === "failed") ? null : "dependency";
    }
    const isBlocked = count("broken") > 0 || (before.length > 0 && count("passed") === 0);
    return isBlocked ? "dependency" : null;
  }

  /** What an action means to those that follow it. */
  #judge(action: Action): "passed" | "broken" | "absent" | "unfinished" {
    const log = this.#logOf(action);
    if (log === undefined || isUnfinished(log)) return "unfinished";
    if (log.status === "completed" || log.reason === "condition") return "passed";
    if (log.status === "failed") return action.continueOnFailure ? "passed" : "broken";
    return log.reason === null ? "broken" : "absent";
  }

  #isPassedOver(choice: Action, name: string): boolean {
    const log = this.#logOf(choice);
    const isChosen = Array.isArray(log?.output) && log.output.includes(name);
    return targetsOf(choice.rules).includes(name) &&
      (log?.status === "skipped" || (log?.status === "completed" && !isChosen));
  }

  /** Whether all that follows it had its turn without it, because of a join. */
  #isUnneeded(action: Action): boolean {
    const after = this.#actions.filter((each) => followedBy(each, this.#actions).includes(action));
    return after.length > 0 && after.every((each) => this.#logOf(each) !== undefined) &&
      after.some((each) => each.joinCount !== null || this.#logOf(each)?.reason === "not_needed");
  }

  /** A run that has failed undoes what completed, the last first, one after another. */
  #finish(): void {
    const inGraph = this.logs.filter(({ action, item }) =>
      item === null && !this.#compensations.has(action.name)
    );
    const hasFailed = inGraph.some((log) =>
      this.#judge(log.action) === "broken" && log.status === "failed"
    );
    const undone = inGraph.filter(({ status }) => status === "completed")
      .sort((a, b) => b.endedAt - a.endedAt)
      .flatMap((log) => this.#actions.filter(({ name }) => name === log.action.compensateWith))
      .find((compensation) => !this.#logOf(compensation));
    if (hasFailed && undone !== undefined) {
      this.#insert(undone);
    } else {
      const hasStopped = inGraph.some(({ status, reason }) => status === "stopped" && !reason);
      this.run = hasFailed ? "failed" : hasStopped ? "stopped" : "completed";
    }
  }
}

/** The actions that an action follows: those it names, else the next lower order, and choices. */
export function followedBy(action: Action, actions: readonly Action[]): Action[] {
  const compensations = compensationsOf(actions);
  const graph = actions.filter(({ name }) => !compensations.has(name));
  const nextLower = Math.max(
    ...graph.map(({ order }) => order).filter((order) => order < action.order),
  );
  return graph.filter(({ name, order, rules }) =>
    targetsOf(rules).includes(action.name) ||
    (action.dependsOn?.includes(name) ?? (graph.includes(action) && order === nextLower))
  );
}

function compensationsOf(actions: readonly Action[]): Set<string | null> {
  return new Set(actions.map(({ compensateWith }) => compensateWith));
}

function targetsOf(rules: Action["rules"]): string[] {
  return (rules ?? []).flatMap(({ targets }) => targets);
}

/** The action's name, and the item's number. */
export function nameOf({ action, item }: Pick<Log, "action" | "item">): string {
  return item === null ? action.name : `${action.name}[${item}]`;
}

export function isUnfinished({ status }: Log): boolean {
  return ["not_started", "processing", "waiting"].includes(status);
}
