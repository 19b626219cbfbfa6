import { join } from "node:path";
import { ROOT } from "../local/settings.ts";
import { untilApiKnows } from "./attached_table.ts";
import type { TestStack } from "./stack.ts";

/** The application of `examples/onboarding` on a stack; it is taken off in the end. */
export async function installOnboarding(stack: TestStack): Promise<AsyncDisposable> {
  const { db } = stack;
  for (const file of ["schema.sql", "workflow.sql"]) {
    await db.file(join(ROOT, "examples", "onboarding", file));
  }
  await untilApiKnows(stack, "profiles");
  return {
    [Symbol.asyncDispose]: async () => {
      await db.unsafe(`
        update public.workflow set is_active = false where name = 'onboarding';
        delete from public.workflow_action_logs l
          using public.workflow w where w.id = l.workflow_id and w.name = 'onboarding';
        delete from public.workflow_run r
          using public.workflow w where w.id = r.workflow_id and w.name = 'onboarding';
        delete from public.workflow where name = 'onboarding';
        select public.workflow_detach('public.profiles');
        drop function public.handle_new_user() cascade;
        drop table public.profiles;
      `);
    },
  };
}

/** What became of each action of a user's onboarding. */
export async function readOnboarding(
  { db }: TestStack,
  userId: string,
): Promise<Record<string, { status: string; attempt: number; due_in: number }>> {
  const rows = await db`
    select a.name, l.status, l.attempt,
      extract(epoch from l.execute_at - workflow_engine.clock())::float8 as due_in
    from public.workflow_action_logs l
    join public.workflow_action a on a.id = l.workflow_action_id
    where l.related_table = 'public.profiles' and l.related_table_pkey = ${userId}`;
  return Object.fromEntries(rows.map(({ name, ...log }) => [name, log]));
}
