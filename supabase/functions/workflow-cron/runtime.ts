import { dataApi, readServiceKey } from "../_shared/data_api.ts";
import type { Environment } from "../_shared/environment.ts";
import { jsonLogger, type Logger } from "../_shared/logger.ts";
import { Secrets } from "../_shared/secrets.ts";
import type { Resolve } from "./address.ts";
import { runAttempt } from "./attempt.ts";
import type { RunAttempt } from "./attempts.ts";
import { systemClock } from "./clock.ts";
import { createEngine, type Engine } from "./engine.ts";
import { callApplication, handlers } from "./registry.ts";
import { readSettings, type Settings } from "./settings.ts";

const RESOLVE_TIMEOUT_MS = 3000;

/** What workers of this process stand on. */
export interface Runtime {
  readonly settings: Settings;
  readonly engine: Engine;
  readonly logger: Logger;
  readonly run: RunAttempt;
}

/**
 * Puts together the real clock, network, engine and environment.
 *
 * @throws {Error} If the environment lacks something; the message names it.
 */
export function createRuntime(environment: Environment, workerId: string): Runtime {
  const settings = readSettings(environment);
  const secrets = new Secrets(environment);
  const logger = jsonLogger((text) => secrets.redact(text));
  const engine = createEngine(
    dataApi(settings.supabaseUrl, readServiceKey(environment)),
    workerId,
  );
  const rules = { allowedHosts: settings.allowedHosts, resolve: resolveHost };
  const run: RunAttempt = (claim, action, signal) =>
    runAttempt(claim, action, signal, {
      clock: systemClock,
      fetch,
      rules,
      publicUrl: settings.publicUrl,
      environment,
      secrets,
      logger,
      handlers,
      callApplication,
    });
  return { settings, engine, logger, run };
}

/** All addresses of a name; none where the platform cannot tell. */
const resolveHost: Resolve = async (host) => {
  if (typeof Deno.resolveDns !== "function") return [];
  const signal = AbortSignal.timeout(RESOLVE_TIMEOUT_MS);
  const answers = await Promise.allSettled([
    Deno.resolveDns(host, "A", { signal }),
    Deno.resolveDns(host, "AAAA", { signal }),
  ]);
  return answers.flatMap((answer) => answer.status === "fulfilled" ? answer.value : []);
};
