import type postgres from "postgres";
import { claimAnswer } from "../../supabase/functions/_shared/contract/claim.ts";
import type { AttemptResult } from "../../supabase/functions/_shared/contract/report.ts";
import { Secrets } from "../../supabase/functions/_shared/secrets.ts";
import {
  type AttemptDependencies,
  runAttempt,
} from "../../supabase/functions/workflow-cron/attempt.ts";
import { systemClock } from "../../supabase/functions/workflow-cron/clock.ts";
import type { CheckedHandler } from "../../supabase/functions/workflow-cron/handler.ts";
import { completed, failed, waiting } from "../../supabase/functions/workflow-cron/outcome.ts";
import { handlers } from "../../supabase/functions/workflow-cron/registry.ts";
import { silentLogger } from "../../supabase/functions/workflow-cron/testing/samples.ts";

/** The action types whose own handlers run: they only say what the engine is to wait for. */
const WAITING_TYPES = ["approval", "sleep", "sleep_until", "start_workflow", "wait_for_event"];

const environment = () => "a_secret_of_the_page";

const dependencies: AttemptDependencies = {
  clock: systemClock,
  fetch: () => Promise.reject(new Error("An example of a page calls nobody")),
  rules: { allowedHosts: [], resolve: () => Promise.resolve([]) },
  supabaseUrl: "https://project.supabase.co",
  environment,
  secrets: new Secrets(environment),
  logger: silentLogger(),
  handlers: new Map(
    [...handlers].map((
      [type, handler],
    ) => [type, WAITING_TYPES.includes(type) ? handler : pretend]),
  ),
  callApplication: pretend,
};

/** Runs whatever is due, as a worker does, until nothing is. */
export async function workOff(sql: postgres.Sql): Promise<void> {
  for (let results: AttemptResult[] = [];;) {
    const [row] = await sql`
      select public.workflow_report('pages', ${sql.json(results as never)}, '[]', 100) as answer`;
    const { claims, actions } = claimAnswer.parse(row?.answer);
    if (claims.length === 0) return;
    results = await Promise.all(claims.map((claim) => {
      const action = actions[claim.action];
      if (action === undefined) throw new Error(`Cannot find the action "${claim.action}"`);
      return runAttempt(claim, action, new AbortController().signal, dependencies);
    }));
  }
}

/** Does what the pages say of the hosts that they call; whatever else runs returns its payload. */
function pretend(...[payload, { action, attempt }]: Parameters<CheckedHandler>) {
  const { hostname } = new URL(action.targetEndpoint ?? "https://example.com");
  switch (hostname) {
    case "broken.example.com":
      return Promise.resolve(failed("It is broken"));
    case "flaky.example.com":
      return Promise.resolve(attempt === 1 ? failed("It is down") : completed(payload));
    case "slow.example.com":
      return Promise.resolve(waiting());
    default:
      return Promise.resolve(completed(payload));
  }
}
