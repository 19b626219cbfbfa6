import type { Environment } from "../_shared/environment.ts";
import { createApp } from "./app.ts";
import { systemClock } from "./clock.ts";
import { createRuntime } from "./runtime.ts";
import { sendWakeUp } from "./wake_up.ts";
import { Worker } from "./worker.ts";

/** What Supabase's runtime adds to Deno; absent elsewhere. */
declare const EdgeRuntime: { waitUntil(promise: Promise<unknown>): void } | undefined;

/** The part of a wall limit in which a worker claims; the rest belongs to what it has claimed. */
const CLAIMING_SHARE = 0.6;

/** Connects the app with the platform: environment, background work and the isolate's end. */
export function startFunction(environment: Environment): (request: Request) => Promise<Response> {
  const { settings, engine, logger, run } = createRuntime(environment, crypto.randomUUID());
  const app = createApp({
    secrets: settings.wakeUpSecrets,
    logger,
    waitUntil(promise) {
      if (typeof EdgeRuntime !== "undefined") EdgeRuntime.waitUntil(promise);
    },
    wakeSuccessor: () =>
      sendWakeUp({
        url: new URL("/functions/v1/workflow-cron", settings.supabaseUrl).href,
        secrets: settings.wakeUpSecrets,
        fetch,
        clock: systemClock,
        logger,
      }),
    createWorker: (onLeave) =>
      new Worker({ engine, clock: systemClock, logger, run, onLeave }, {
        ...settings,
        claimMs: settings.wallMs * CLAIMING_SHARE,
      }),
  });
  addEventListener("beforeunload", () => app.release());
  return (request) => app.handle(request);
}
