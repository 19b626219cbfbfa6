import type postgres from "postgres";
import { z } from "zod";
import { claimAnswer } from "../../supabase/functions/_shared/contract/claim.ts";
import type { AttemptResult } from "../../supabase/functions/_shared/contract/report.ts";
import { Secrets } from "../../supabase/functions/_shared/secrets.ts";
import { silentLogger } from "../../supabase/functions/_shared/testing/silent_logger.ts";
import {
  type AttemptDependencies,
  runAttempt,
} from "../../supabase/functions/workflow-cron/attempt.ts";
import { systemClock } from "../../supabase/functions/workflow-cron/clock.ts";
import { callApplication, handlers } from "../../supabase/functions/workflow-cron/registry.ts";

const SIGNING_SECRET = "whsec_cGFnZXMgYXJlIHNpZ25lZCB3aXRoIHRoaXM=";

/** The secrets of the pages' functions. */
const environment = (name: string): string | undefined => {
  if (/^WORKFLOW_(WEBHOOK_)?SECRET$/.test(name)) return SIGNING_SECRET;
  return /_KEY$/.test(name) ? "a_secret_of_the_page" : undefined;
};

/** The real worker, but for the network. */
const dependencies: AttemptDependencies = {
  clock: systemClock,
  fetch: (url, init) => answerOf(new Request(url, init)),
  rules: { allowedHosts: [], resolve: () => Promise.resolve([]) },
  publicUrl: "https://project.supabase.co",
  environment,
  secrets: new Secrets(environment),
  logger: silentLogger(),
  handlers,
  callApplication,
};

/**
 * Runs whatever is due, as a worker does, until nothing is. What the page did before counts as the
 * work of transactions that have ended.
 */
export async function workOff(sql: postgres.Sql): Promise<void> {
  await sql`select test.age_versions(), test.age_marks()`;
  for (let results: AttemptResult[] = [];;) {
    const [row] = await sql`
      select public.workflow_report('pages', ${sql.json(results as never)}, '[]', 100) as answer`;
    const { claims, actions } = claimAnswer.parse(row?.answer);
    const [marks] = await sql`select test.age_marks() as may_go_on`;
    if (claims.length === 0 && !marks?.may_go_on) return;
    results = await Promise.all(claims.map((claim) => {
      const action = actions[claim.action];
      if (action === undefined) throw new Error(`Cannot find the action "${claim.action}"`);
      return runAttempt(claim, action, new AbortController().signal, dependencies);
    }));
  }
}

const echoed = z.looseObject({ payload: z.unknown().optional() });

/** What has called flaky.example.com once. */
const callers = new Set<string>();

/** What the pages say of the hosts that they call; every other one gives back what it is sent. */
async function answerOf(request: Request): Promise<Response> {
  const caller = request.headers.get("idempotency-key") ?? "";
  switch (new URL(request.url).hostname) {
    case "broken.example.com":
      return new Response("It is broken", { status: 422 });
    case "flaky.example.com":
      if (callers.has(caller)) return await echo(request);
      callers.add(caller);
      return new Response("It is down", { status: 422 });
    case "slow.example.com":
      return new Response(null, { status: 202 });
    default:
      return await echo(request);
  }
}

async function echo(request: Request): Promise<Response> {
  const { payload } = echoed.parse(await request.json());
  return Response.json(payload ?? {});
}
