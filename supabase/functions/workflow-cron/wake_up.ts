import type { WakeUp } from "../_shared/contract/wake_up.ts";
import type { Logger } from "../_shared/logger.ts";
import type { Clock } from "./clock.ts";
import { sign } from "./signature.ts";

const TIMEOUT_MS = 5000;

/** What it takes to wake another worker. */
export interface WakeUpSender {
  readonly url: string;
  readonly secrets: readonly string[];
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Wakes a worker, most likely in another isolate. A wake-up that does not arrive loses nothing,
 * because the tick repairs it, so a failure is logged and not thrown.
 */
export async function sendWakeUp(sender: WakeUpSender): Promise<void> {
  const body = JSON.stringify({ type: "workflow.wake" } satisfies WakeUp);
  const id = `msg_${crypto.randomUUID().replaceAll("-", "")}`;
  try {
    const response = await sender.fetch(sender.url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        ...sign(sender.secrets, id, sender.clock.now(), body),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (!response.ok) {
      sender.logger.warn("Cannot wake a successor", { url: sender.url, status: response.status });
    }
  } catch (error) {
    sender.logger.warn("Cannot wake a successor", { url: sender.url, error: String(error) });
  }
}
