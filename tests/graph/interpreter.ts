/**
 * What a graph comes to, on one page and in memory: the reference that the engine's SQL is compared
 * with. It knows nothing of time but "now", "later", and "last" for what waits as long as it may:
 * whoever drives it says when that has come.
 */
import {
  type Action,
  compensationsOf,
  type Condition,
  followedBy,
  followersOf,
  targetsOf,
  type Wait,
} from "./definition.ts";

export type Status =
  | "not_started"
  | "processing"
  | "waiting"
  | "completed"
  | "failed"
  | "skipped"
  | "stopped";

export type Reason = "condition" | "choice" | "dependency" | "not_needed";

/** What whoever an action was handed on to says of it; a person says no to what is not completed. */
export type Answer = "completed" | "failed" | "final";

/** How an attempt ends; a lost one is found by the tick when its lease has run out. */
export type Outcome = Answer | "released" | "lost";

/** An event for this run alone, which answers the first action that waits for it, now or later. */
export interface Signal {
  readonly event: string;
  readonly number: number;
  readonly id: number;
}

/** One execution of an action, or of one of its items. */
export interface Log {
  readonly action: Action;
  readonly item: number | null;
  /** Those that were created at once have the same number. */
  readonly moment: number;
  status: Status;
  reason: Reason | null;
  output: unknown;
  due: "now" | "later" | "last" | "never";
  /** Whether there was an attempt at it. */
  hasBegun: boolean;
  /** The signal that answered it. */
  heard: Signal | null;
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
  run: "running" | "paused" | "completed" | "failed" | "stopped" = "running";
  readonly #actions: readonly Action[];
  readonly #compensations: ReadonlySet<string | null>;
  readonly #signals: Signal[] = [];
  #now = 0;
  #moment = 0;

  constructor(actions: readonly Action[]) {
    this.#actions = actions;
    this.#compensations = compensationsOf(actions);
    this.#advance();
    this.#claim();
  }

  /** An attempt ends; that of an action that waits has then done its part. */
  report(log: Log, outcome: Outcome): void {
    const { wait } = log.action;
    if (wait === null || outcome !== "completed") this.#take(log, outcome);
    else {
      log.status = "waiting";
      log.due = wait.expires || wait.kind === "sleep" ? "later" : "last";
      this.#hear();
    }
    this.#goOn([log]);
  }

  /** What waits for a callback or for a person gets its answer. */
  answer(log: Log, answer: Answer): void {
    if (log.action.wait?.kind !== "approval") this.#take(log, answer);
    else this.#end(log, "completed", answer === "completed" ? "approved" : "rejected");
    this.#goOn([log]);
  }

  /** `names` tells which of those that were created at once counts as the older. */
  signal(signal: Signal, names: readonly string[]): void {
    const ageOf = (log: Log) => names.indexOf(nameOf(log));
    this.logs.sort((a, b) => a.moment - b.moment || ageOf(a) - ageOf(b));
    this.#signals.push(signal);
    this.#goOn(this.#hear());
  }

  /** A person stops an action, or one of its items. */
  stop(log: Log): void {
    this.#end(log, "stopped");
    this.#goOn([log]);
  }

  /** A person stops it all: nothing follows, and nothing is undone. */
  stopRun(): void {
    for (const log of this.logs.filter(isUnfinished)) this.#end(log, "stopped");
    this.run = "stopped";
  }

  pause(): void {
    this.run = "paused";
  }

  resume(): void {
    this.run = "running";
    this.#goOn([]);
  }

  /**
   * A person has a run that did not end well go on from what failed or was stopped first. What follows
   * that, and was skipped or did not end well itself, is decided anew when it has ended. Whether that
   * can be: not of what was undone.
   */
  retry(): boolean {
    const isUndone = this.logs.some(({ action }) => this.#compensations.has(action.name));
    if ((this.run !== "failed" && this.run !== "stopped") || isUndone) return false;
    const broken = this.#actions.filter((action) => this.#judge(action) === "broken");
    const after = followersOf(broken, this.#actions);
    const isForgotten = ({ action, item, status, hasBegun }: Log) =>
      after.has(action) && item === null && status === "skipped" && !hasBegun;
    this.logs.splice(0, Infinity, ...this.logs.filter((log) => !isForgotten(log)));
    this.run = "running";
    for (const log of this.logs.filter(({ item }) => item === null)) {
      const isBroken = broken.includes(log.action);
      const isPassedOver = log.status === "skipped" || log.status === "stopped";
      if (after.has(log.action) && (isBroken || isPassedOver)) this.#unsettle(log);
      else if (isBroken) this.#repeat(log, !log.hasBegun && log.due === "later" ? "later" : "now");
    }
    this.#goOn([]);
    return true;
  }

  /** The next of what was to come later is due. Whether that was the last that anything waits for. */
  travel(): boolean {
    const isLast = !this.logs.some((log) => isUnfinished(log) && log.due === "later");
    for (const log of this.logs) {
      if (log.due === "later" || (isLast && log.due === "last")) log.due = "now";
    }
    const overdue = this.logs.filter((log) => waitOf(log) !== null && log.due === "now");
    for (const log of overdue) this.#timeOut(log);
    this.#goOn(overdue);
    return isLast;
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
    return this.logs.filter((log) => log.action === action && log.item !== null)
      .sort((a, b) => (a.item ?? 0) - (b.item ?? 0));
  }

  #insert(action: Action, values: Partial<Log> = {}): void {
    const due = action.isDelayed && (values.item ?? null) === null ? "later" : "now";
    this.logs.push({
      ...{ action, item: null, moment: this.#moment, status: "not_started", reason: null },
      ...{ output: null, due, hasBegun: false, heard: null, tries: 0, endedAt: 0 },
      ...values,
    });
  }

  #end(log: Log, status: Status, output: unknown = null, reason: Reason | null = null): void {
    Object.assign(log, { status, output, reason, endedAt: ++this.#now });
  }

  /** What an attempt or an answer comes to. */
  #take(log: Log, outcome: Outcome): void {
    if (outcome === "released") log.status = "not_started";
    else if (outcome === "completed") this.#end(log, "completed", log.item ?? log.action.name);
    else if (outcome !== "final" && log.tries < log.action.maxRetries) {
      log.tries += 1;
      log.status = "not_started";
      log.due = outcome === "lost" ? "now" : "later";
    } else this.#end(log, "failed");
  }

  /** What waits for a signal that was sent and answered nothing else takes it: the first of each. */
  #hear(): Log[] {
    return this.logs.filter((log) => {
      const wait = waitOf(log);
      const heard = this.#signals.find((signal) =>
        wait !== null && isFor(signal, wait) && !this.logs.some(({ heard }) => heard === signal)
      );
      if (heard === undefined) return false;
      this.#end(log, "completed", heard.id);
      log.heard = heard;
      return true;
    });
  }

  /** No answer is a failure of a callback only. */
  #timeOut(log: Log): void {
    const kind = waitOf(log)?.kind;
    if (kind === "callback") this.#end(log, "failed");
    else if (kind === "sleep") this.#end(log, "completed");
    else this.#end(log, "completed", kind === "event" ? "timed out" : "expired");
  }

  /** Its turn comes when what it follows has ended. */
  #unsettle(log: Log): void {
    Object.assign(log, {
      status: "not_started",
      reason: null,
      output: null,
      due: "never",
      tries: 0,
    });
  }

  #repeat(log: Log, due: Log["due"]): void {
    this.#unsettle(log);
    log.due = due;
  }

  #goOn(changed: readonly Log[]): void {
    this.#follow(changed);
    this.#claim();
  }

  /** Due logs are looked at together, and what they come to happens together, again and again. */
  #claim(): void {
    for (; this.run === "running"; this.#moment += 1) {
      const due = this.logs.filter((log) => log.status === "not_started" && log.due === "now");
      if (due.length === 0) return;
      const decided = due.map((log) => ({ log, settle: this.#decide(log) }));
      for (const { settle } of decided) settle?.();
      this.#follow(decided.filter(({ settle }) => settle !== null).map(({ log }) => log));
      for (const { log, settle } of decided) {
        if (log.status === "waiting") this.#openItems(log.action);
        if (settle === null && log.status === "not_started") {
          Object.assign(log, { status: "processing", hasBegun: true });
        }
      }
    }
  }

  /** A fan-out begins with all its items, or once more with those that did not end well. */
  #openItems(action: Action): void {
    const items = this.#itemsOf(action);
    if (items.length === 0) {
      action.items?.forEach((_, item) =>
        this.#insert(action, { item, due: item < action.maxConcurrency ? "now" : "never" })
      );
    }
    for (const item of items.filter(({ status }) => status === "failed" || status === "stopped")) {
      this.#unsettle(item);
    }
    this.#follow(items);
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
    return () => Object.assign(log, { status: "waiting", due: "never", hasBegun: true });
  }

  #holds(condition: Condition): boolean {
    if (typeof condition === "boolean") return condition;
    const action = this.#actions.find(({ name }) => name === condition.action);
    return action !== undefined && this.#logOf(action)?.status === condition.status;
  }

  #follow(logs: readonly Log[]): void {
    for (const { action, item } of logs) if (item !== null) this.#settleItems(action);
    this.#stopItems();
    this.#advance();
  }

  /** No more of its items run at once than max_concurrency, the first ones first. */
  #releaseItems(action: Action): void {
    const unfinished = this.#itemsOf(action).filter(isUnfinished);
    for (const item of unfinished.slice(0, action.maxConcurrency)) {
      if (awaitsTurn(item)) item.due = "now";
    }
  }

  /** The action ends with its last item, or when too many have failed. */
  #settleItems(action: Action): void {
    const parent = this.#logOf(action);
    const items = this.#itemsOf(action);
    const failed = items.filter(({ status }) => status === "failed");
    const share = Math.floor(items.length * action.toleratedPercentage / 100);
    this.#releaseItems(action);
    if (parent?.status !== "waiting") return;
    if (failed.length > Math.max(action.toleratedCount, share)) this.#end(parent, "failed");
    else if (!items.some(isUnfinished)) {
      this.#end(parent, "completed", items.map(({ output }) => output));
    }
  }

  /** An action that has ended needs its items no more. */
  #stopItems(): void {
    for (const log of this.logs.filter((log) => log.item !== null && isUnfinished(log))) {
      const parent = this.#logOf(log.action);
      if (parent !== undefined && !isUnfinished(parent)) {
        this.#end(log, "stopped", null, "not_needed");
      }
    }
  }

  /** Whatever follows now begins or is skipped, what nobody needs is stopped, and the run may end. */
  #advance(): void {
    let hasChanged = this.run === "running";
    while (hasChanged) {
      this.#moment += 1;
      const decided = this.#decidePending();
      for (const [action, reason] of decided) this.#begin(action, reason);
      const unneeded = this.logs.filter((log) =>
        log.item === null && isUnfinished(log) && this.#isUnneeded(log.action)
      );
      for (const log of unneeded) this.#end(log, "stopped", null, "not_needed");
      this.#stopItems();
      hasChanged = decided.length + unneeded.length > 0;
    }
    if (this.run === "running" && !this.logs.some(isUnfinished)) this.#finish();
  }

  #decidePending(): [Action, Reason | null][] {
    const pending = this.#actions.filter((action) =>
      !this.#compensations.has(action.name) && !this.#hadTurn(action)
    );
    return pending.flatMap((action) => {
      const reason = this.#reasonToSkip(action);
      return reason === "wait" ? [] : [[action, reason]];
    });
  }

  /** An action that had begun before its run was retried is stopped where another is skipped. */
  #begin(action: Action, reason: Reason | null): void {
    const log = this.#logOf(action);
    if (log === undefined) {
      this.#insert(action, reason === null ? {} : { status: "skipped", reason });
    } else if (reason !== null) this.#end(log, "stopped", null, reason);
    else this.#repeat(log, action.isDelayed ? "later" : "now");
  }

  /** Whether it was decided whether the action runs. */
  #hadTurn(action: Action): boolean {
    const log = this.#logOf(action);
    return log !== undefined && !awaitsTurn(log);
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
    return after.length > 0 && after.every((each) => this.#hadTurn(each)) &&
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
      this.#moment += 1;
      this.#insert(undone);
    } else {
      const hasStopped = inGraph.some(({ status, reason }) => status === "stopped" && !reason);
      this.run = hasFailed ? "failed" : hasStopped ? "stopped" : "completed";
    }
  }
}

/** The action's name, and the item's number. */
export function nameOf({ action, item }: Pick<Log, "action" | "item">): string {
  return item === null ? action.name : `${action.name}[${item}]`;
}

export function isUnfinished({ status }: Log): boolean {
  return ["not_started", "processing", "waiting"].includes(status);
}

/** Whether no time brings its turn, but the end of something else. */
function awaitsTurn({ status, due }: Log): boolean {
  return status === "not_started" && due === "never";
}

/** What a log waits for now; a fan-out waits for its items, each of which waits for itself. */
export function waitOf({ action, item, status }: Log): Wait | null {
  return status === "waiting" && (action.items === null || item !== null) ? action.wait : null;
}

function isFor(signal: Signal, wait: Wait): boolean {
  return wait.kind === "event" && wait.event === signal.event &&
    (wait.number === null || wait.number === signal.number);
}
