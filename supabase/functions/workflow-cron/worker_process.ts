/**
 * The worker as a long-lived process, for actions that need more than an isolate gives and for
 * fleets: any number of these and of edge functions work side by side. It needs SUPABASE_URL, a key of
 * the service role and, to sign links, WORKFLOW_SECRET, as the function does, and ends cleanly on
 * SIGTERM and SIGINT.
 *
 * @example Start it from a checkout
 * ```sh
 * deno task worker
 * ```
 *
 * @example Start it in a container, where Deno itself must get the signal
 * ```sh
 * exec deno run -A --config deno.json supabase/functions/workflow-cron/worker_process.ts
 * ```
 */
import { systemClock } from "./clock.ts";
import { createRuntime } from "./runtime.ts";
import { Worker } from "./worker.ts";

async function main(): Promise<void> {
  const { settings, engine, logger, run } = createRuntime(
    (name) => Deno.env.get(name),
    `${Deno.hostname()}-${Deno.pid}`,
  );
  const worker = new Worker({ engine, clock: systemClock, logger, run }, {
    ...settings,
    lingerMs: Infinity,
    claimMs: Infinity,
    maxActions: Infinity,
  });
  const release = () => worker.release();
  const signals: Deno.Signal[] = ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, release);
  logger.info("Worker started", { concurrency: settings.concurrency });
  await worker.run();
  for (const signal of signals) Deno.removeSignalListener(signal, release);
  logger.info("Worker ended");
}

if (import.meta.main) await main();
