import type { TestStack } from "./stack.ts";

/**
 * Removes a workflow that a page has saved, and its runs, so that nothing of it is ever due again.
 * Logs before runs: the order in which reports lock them.
 */
export async function removeWorkflow({ db }: TestStack, name: string): Promise<void> {
  await db`update public.workflow set is_active = false where name = ${name}`;
  await db`
    delete from public.workflow_action_logs l
    using public.workflow w
    where w.id = l.workflow_id and w.name = ${name}`;
  await db`
    delete from public.workflow_run r
    using public.workflow w
    where w.id = r.workflow_id and w.name = ${name}`;
  await db`delete from public.workflow where name = ${name}`;
}
