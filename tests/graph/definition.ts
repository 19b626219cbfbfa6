/** A definition as the interpreter knows it: its actions, and what their expressions come to. */

/** What an expression comes to: always the same, or whether an action has that status by then. */
export type Condition = boolean | { readonly action: string; readonly status: string };

/** A rule of a choice; the else has no condition. */
export interface Rule {
  readonly condition: Condition | null;
  readonly targets: readonly string[];
}

/** What an action waits for when its attempt has done its part. */
export interface Wait {
  readonly kind: "sleep" | "event" | "approval" | "callback";
  /** Whether it says itself how long it waits, rather than as long as any action may. */
  readonly expires: boolean;
  readonly event: string;
  /** The number that its event must have, if it must. */
  readonly number: number | null;
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
  readonly wait: Wait | null;
  readonly maxConcurrency: number;
  readonly toleratedCount: number;
  readonly toleratedPercentage: number;
  readonly continueOnFailure: boolean;
  readonly compensateWith: string | null;
  readonly isDelayed: boolean;
  readonly maxRetries: number;
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

/** The actions that follow one of these, near or far. */
export function followersOf(
  some: readonly Action[],
  actions: readonly Action[],
): ReadonlySet<Action> {
  const followers = new Set<Action>();
  for (const each of some) collect(each);
  return followers;

  function collect(action: Action): void {
    for (const next of actions.filter((each) => followedBy(each, actions).includes(action))) {
      if (followers.has(next)) continue;
      followers.add(next);
      collect(next);
    }
  }
}

/** The names of the actions that only undo another. */
export function compensationsOf(actions: readonly Action[]): ReadonlySet<string | null> {
  return new Set(actions.map(({ compensateWith }) => compensateWith));
}

/** All that a choice may choose. */
export function targetsOf(rules: Action["rules"]): string[] {
  return (rules ?? []).flatMap(({ targets }) => targets);
}
