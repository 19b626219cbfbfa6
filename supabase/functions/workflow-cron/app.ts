import { wakeUp } from "../_shared/contract/wake_up.ts";
import type { Logger } from "../_shared/logger.ts";
import { isSecret, isSigned } from "./signature.ts";
import type { Worker } from "./worker.ts";

/** The longest body of a wake-up, in characters. */
const LONGEST_BODY = 1000;

/** What the app stands on. */
export interface AppDependencies {
  /** The secrets that may have signed a wake-up. */
  readonly secrets: readonly string[];
  /** Makes a worker, which calls back when it stops claiming. */
  readonly createWorker: (onLeave: (leave: { readonly workLeft: boolean }) => void) => Worker;
  /** Wakes a worker in some isolate. */
  readonly wakeSuccessor: () => Promise<void>;
  /** Keeps the isolate alive until the promise is settled. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
  readonly logger: Logger;
}

/** The function: what answers requests, and what happens when its isolate ends. */
export interface App {
  handle(request: Request): Promise<Response>;
  release(): void;
}

/**
 * Answers wake-ups with 202 at once and works on in the background.
 *
 * At most one worker of an isolate claims: a wake-up that finds one makes it look again. One that
 * has stopped claiming and only finishes its attempts no longer counts.
 */
export function createApp(dependencies: AppDependencies): App {
  const workers = new Set<Worker>();
  let claiming: Worker | undefined;

  function start(): void {
    const worker = dependencies.createWorker(({ workLeft }) => {
      claiming = undefined;
      if (workLeft) dependencies.waitUntil(dependencies.wakeSuccessor());
    });
    claiming = worker;
    workers.add(worker);
    dependencies.waitUntil(worker.run().finally(() => workers.delete(worker)));
  }

  return {
    async handle(request) {
      const refusal = await refuse(request, dependencies);
      if (refusal !== undefined) return refusal;
      if (claiming === undefined) start();
      else claiming.wake();
      return answer(202, "Accepted");
    },
    release() {
      for (const worker of workers) worker.release();
    },
  };
}

async function refuse(
  request: Request,
  { secrets, logger }: AppDependencies,
): Promise<Response | undefined> {
  if (request.method !== "POST") {
    await request.body?.cancel();
    return answer(405, "Method not allowed", { allow: "POST" });
  }
  const body = await request.text();
  if (secrets.length === 0 || !secrets.every(isSecret)) {
    logger.error(
      "Cannot verify wake-ups: WORKFLOW_SECRET is missing or malformed; type " +
        "`supabase secrets set WORKFLOW_SECRET=…` with the secret that " +
        "`select workflow_configure(…)` wrote into Vault",
    );
    return answer(500, "Not configured");
  }
  if (body.length > LONGEST_BODY || !isSigned(secrets, request.headers, body)) {
    return answer(401, "Unauthorized");
  }
  return isWakeUp(body) ? undefined : answer(400, "Unknown message");
}

function isWakeUp(body: string): boolean {
  try {
    return wakeUp.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}

function answer(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ message }, { status, headers });
}
