import { join } from "node:path";
import { ROOT } from "../local/settings.ts";
import type { TestStack } from "./stack.ts";

/** A worker as `deno task worker` starts it. */
export interface WorkerProcess extends AsyncDisposable {
  /** What its worker_id begins with in action logs. */
  readonly name: string;
  /** Asks it to end, and resolves with its exit code. */
  end(): Promise<number>;
}

/** Starts a long-lived worker beside the function. */
export function startWorkerProcess({ info }: TestStack): WorkerProcess {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--quiet",
      join(ROOT, "supabase", "functions", "workflow-cron", "worker_process.ts"),
    ],
    cwd: ROOT,
    env: {
      SUPABASE_URL: info.api_url,
      SUPABASE_SECRET_KEYS: JSON.stringify({ default: info.secret_key }),
      WORKFLOW_SECRET: info.workflow_secret,
      WORKFLOW_WEBHOOK_SECRET: info.webhook_secret,
      WORKFLOW_ALLOWED_HOSTS: "127.0.0.1",
    },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  const end = async () => {
    if (!ended) process.kill("SIGTERM");
    ended = true;
    return (await process.status).code;
  };
  return {
    name: `${Deno.hostname()}-${process.pid}`,
    end,
    [Symbol.asyncDispose]: async () => void await end(),
  };
}
