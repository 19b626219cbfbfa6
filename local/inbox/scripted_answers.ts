import { z } from "zod";
import { type Provider, provider } from "./message.ts";

/** "Answer the next requests to this provider with this status." */
export const rule = z.object({
  provider,
  status: z.number().int().min(400).max(599),
  times: z.number().int().min(1).default(1),
  /** Seconds, sent as `Retry-After`. */
  retry_after: z.number().int().min(0).optional(),
});

export type Rule = z.infer<typeof rule>;

/** Failures that a test has asked for, each provider's in the order they were given. */
export class ScriptedAnswers {
  #rules: Rule[] = [];

  add(added: Rule): void {
    this.#rules.push({ ...added });
  }

  list(): Rule[] {
    return this.#rules;
  }

  clear(): void {
    this.#rules = [];
  }

  /** Takes the next failure of a provider, or undefined when it is to answer as usual. */
  take(wanted: Provider): Rule | undefined {
    const next = this.#rules.find((each) => each.provider === wanted);
    if (!next) return undefined;
    next.times--;
    this.#rules = this.#rules.filter((each) => each.times > 0);
    return next;
  }
}
