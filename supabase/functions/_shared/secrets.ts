import { z } from "zod";
import type { Environment } from "./environment.ts";
import { parseJson } from "./parse_json.ts";

/** The engine's own; every other name that a handler reads is added when it is read. */
const ENGINE_SECRETS = [
  "SUPABASE_SECRET_KEYS",
  "SUPABASE_SERVICE_ROLE_KEY",
  "SUPABASE_DB_URL",
  "WORKFLOW_SECRET",
  "WORKFLOW_WEBHOOK_SECRET",
  "RESEND_API_KEY",
  "SENDGRID_API_KEY",
];

/** Shorter values are too likely to be ordinary words, and are not redacted. */
export const SHORTEST_SECRET = 8;

/** The form of SUPABASE_SECRET_KEYS: `{"default":"sb_secret_…"}`. */
export const keySet = z.string().transform(parseJson).pipe(z.record(z.string(), z.string()));

/** Reads secrets and keeps their values out of everything that is stored or logged. */
export class Secrets {
  readonly #environment: Environment;
  readonly #values = new Map<string, string>();

  constructor(environment: Environment) {
    this.#environment = environment;
    for (const name of ENGINE_SECRETS) this.read(name);
  }

  /** The secret's value, or nothing when it is not set. Its value is redacted from now on. */
  read(name: string): string | undefined {
    const value = this.#environment(name) || undefined;
    if (value !== undefined) {
      for (const part of partsOf(value)) this.#values.set(part, name);
    }
    return value;
  }

  /** The text with each known secret replaced by `[redacted NAME]`. */
  redact(text: string): string {
    const longestFirst = [...this.#values].sort(([one], [other]) => other.length - one.length);
    return longestFirst.reduce(
      (redacted, [value, name]) => redacted.replaceAll(value, `[redacted ${name}]`),
      text,
    );
  }
}

/** The secrets for one attempt: what is hidden here is forgotten with it. */
export class AttemptSecrets {
  readonly #secrets: Secrets;
  readonly #hidden = new Map<string, string>();

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /** The secret's value, or nothing when it is not set. Its value is redacted from now on. */
  read(name: string): string | undefined {
    return this.#secrets.read(name);
  }

  /** Redacts a value that no variable holds, such as the signature of a link, as `name`. */
  hide(value: string, name: string): void {
    this.#hidden.set(value, name);
  }

  /** The text with each known secret replaced by `[redacted NAME]`. */
  redact(text: string): string {
    const shown = [...this.#hidden].reduce(
      (redacted, [value, name]) => redacted.replaceAll(value, `[redacted ${name}]`),
      text,
    );
    return this.#secrets.redact(shown);
  }
}

/** A secret as it is, in JSON and in an address, and each one of a list or of a JSON object. */
function partsOf(value: string): string[] {
  const listed = Object.values(keySet.safeParse(value).data ?? value.split(/\s+/));
  const inJson = JSON.stringify(value).slice(1, -1);
  const parts = [value, inJson, encodeURIComponent(value.toWellFormed()), ...listed];
  return parts.filter((part) => part.length >= SHORTEST_SECRET);
}
