/** Random definitions, and what happens to their runs. */
import fc from "fast-check";
import { type Action, type Condition, followedBy, type Rule, type Wait } from "./definition.ts";
import type { Outcome } from "./interpreter.ts";

/** What happens next; `pick` chooses whom it happens to, and numbers a signal. */
export interface Step {
  readonly kind: "report" | "answer" | "signal" | "travel" | "pause" | "stop" | "stop_run";
  readonly pick: number;
  readonly outcome: Outcome;
  readonly event: string;
}

/** A definition, and what happens to its run. */
export interface Scenario {
  readonly actions: readonly Action[];
  /** What happens until somebody retries the run, which has come to its end by then. */
  readonly lives: readonly (readonly Step[])[];
  /** Whether all that is left completes in the last one, too. */
  readonly isDrained: boolean;
}

/** The parts of an action that depend on which others there are; bits choose among those. */
interface Position {
  readonly isNextOrder: boolean;
  readonly dependsOn: number | null;
  readonly joinCount: number | null;
  readonly choice: { readonly conditions: readonly Condition[]; readonly targets: number[] } | null;
  readonly compensation: Pick<Action, "maxRetries" | "isDelayed" | "condition"> | null;
}

type Fitted = "name" | "order" | "dependsOn" | "joinCount" | "rules" | "compensateWith";

const LARGEST_GRAPH = 8;

function often<Value>(...values: [weight: number, value: Value][]): fc.Arbitrary<Value> {
  return fc.oneof(...values.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));
}

/** A value in so many of ten cases, else null. */
function maybe<Value>(weight: number, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> {
  return fc.oneof(
    { weight: 10 - weight, arbitrary: fc.constant(null) },
    { weight, arbitrary },
  );
}

const bits = fc.nat(2 ** LARGEST_GRAPH - 1);

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.boolean(),
  fc.record({
    action: fc.nat(LARGEST_GRAPH - 1).map(nameOf),
    status: fc.constantFrom("completed", "failed", "skipped", "stopped"),
  }),
);

const event = often([3, "paid"], [1, "shipped"]);

const wait: fc.Arbitrary<Wait> = fc.record({
  kind: fc.constantFrom("sleep", "event", "event", "approval", "callback"),
  expires: fc.boolean(),
  event,
  number: maybe(3, fc.nat(1)),
});

const own = fc.record({
  runIf: often([8, "success"], [1, "failure"], [2, "always"]),
  condition: maybe(1, condition),
  items: maybe(3, fc.array(often([4, true], [1, false]), { maxLength: 5 })),
  wait: maybe(3, wait),
  maxConcurrency: fc.integer({ min: 1, max: 4 }),
  toleratedCount: fc.nat(2),
  toleratedPercentage: fc.constantFrom(0, 34, 50),
  continueOnFailure: often([3, false], [1, true]),
  isDelayed: often([5, false], [1, true]),
  maxRetries: fc.nat(2),
}) as fc.Arbitrary<Omit<Action, Fitted>>;

const position: fc.Arbitrary<Position> = fc.record({
  isNextOrder: fc.boolean(),
  dependsOn: maybe(5, bits),
  joinCount: maybe(4, fc.nat(LARGEST_GRAPH)),
  choice: maybe(
    2,
    fc.record({
      conditions: fc.array(condition, { minLength: 1, maxLength: 2 }),
      targets: fc.tuple(bits, bits, bits),
    }),
  ),
  compensation: maybe(
    5,
    fc.record({ maxRetries: fc.nat(1), isDelayed: fc.boolean(), condition: maybe(1, condition) }),
  ),
});

const asksItems = fc.boolean();

const step: fc.Arbitrary<Step> = fc.record({
  kind: often<Step["kind"]>(
    [60, "report"],
    [15, "answer"],
    [10, "signal"],
    [10, "travel"],
    [6, "pause"],
    [3, "stop"],
    [1, "stop_run"],
  ),
  pick: fc.nat(99),
  outcome: often<Outcome>(
    [16, "completed"],
    [7, "failed"],
    [2, "final"],
    [1, "released"],
    [1, "lost"],
  ),
  event,
});

/** Graphs of up to eight actions, and the compensations of some of them. */
export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  actions: fc.array(fc.tuple(own, position, asksItems), {
    minLength: 1,
    maxLength: LARGEST_GRAPH,
    size: "max",
  }).map(fit),
  lives: fc.array(fc.array(step, { maxLength: 40, size: "max" }), { minLength: 1, maxLength: 3 }),
  isDrained: fc.boolean(),
});

function nameOf(index: number): string {
  return `a${index}`;
}

/** Edges lead from earlier to later actions and orders never fall, so that nothing is circular. */
function fit(sketches: readonly [Omit<Action, Fitted>, Position, boolean][]): Action[] {
  const chosen = (mask: number, from: number, to: number) =>
    sketches.flatMap((_, index) =>
      index >= from && index < to && (mask >> index) % 2 === 1 ? [nameOf(index)] : []
    );
  const graph = sketches.map(([action, { choice, dependsOn, compensation }, asksItems], index) => {
    const items = choice === null ? action.items : null;
    const rules = choice === null
      ? null
      : choice.targets.slice(0, choice.conditions.length + 1).map((targets, number): Rule => ({
        condition: choice.conditions[number] ?? null,
        targets: chosen(targets, index + 1, sketches.length),
      }));
    const wait = choice === null ? action.wait : null;
    const endsAlone = wait === null || wait.kind === "callback";
    const hasClearEnd = rules === null && endsAlone &&
      (items === null || (items.length > 0 && !asksItems));
    return {
      ...action,
      name: nameOf(index),
      order: sketches.slice(0, index + 1).filter(([, each]) => each.isNextOrder).length,
      dependsOn: dependsOn === null ? null : chosen(dependsOn, 0, index),
      joinCount: null,
      rules,
      items,
      wait,
      condition: items !== null && asksItems ? "item" : action.condition,
      compensateWith: compensation !== null && hasClearEnd ? `undo_${nameOf(index)}` : null,
    } satisfies Action;
  });
  const joined = graph.map((action, index): Action => {
    const wanted = sketches[index]?.[1].joinCount ?? null;
    const most = followedBy(action, graph).length;
    const isJoin = wanted !== null && most > 0 && action.runIf === "success";
    const runIf = most === 0 && action.runIf === "failure" ? "success" : action.runIf;
    return { ...action, runIf, joinCount: isJoin ? 1 + wanted % most : null };
  });
  return joined.flatMap((action, index) => {
    const compensation = sketches[index]?.[1].compensation ?? null;
    if (action.compensateWith === null || compensation === null) return [action];
    return [{ ...plain(action.compensateWith), ...compensation }, action];
  });
}

/** An action that follows nothing and completes. */
export function plain(name: string): Action {
  return {
    name,
    order: 0,
    dependsOn: null,
    joinCount: null,
    runIf: "success",
    condition: null,
    rules: null,
    items: null,
    wait: null,
    maxConcurrency: 10,
    toleratedCount: 0,
    toleratedPercentage: 0,
    continueOnFailure: false,
    compensateWith: null,
    isDelayed: false,
    maxRetries: 0,
  };
}
