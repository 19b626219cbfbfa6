import { join } from "node:path";
import type { Database } from "../postgres/database.ts";
import { ROOT } from "../settings.ts";

/** The SQL that an application's developer writes, in order. */
export const EXAMPLE_FILES = ["examples/onboarding/schema.sql", "examples/onboarding/workflow.sql"];

/** Puts the example on a stack; again, it changes nothing. Hosted, the Data API notices by itself. */
export async function installExample(db: Database): Promise<void> {
  for (const file of EXAMPLE_FILES) await db.file(join(ROOT, file));
  await db`notify pgrst, 'reload schema'`;
}

/** The profiles whose onboarding an earlier demo left unfinished, or not even begun: the tick does. */
export async function findUnfinished(db: Database): Promise<string[]> {
  await db`select public.workflow_action_log_cron()`;
  const rows = await db`
    select r.related_table_pkey as key
    from public.workflow_run r
    join public.workflow w on w.id = r.workflow_id
    where w.name = 'onboarding' and r.related_table = 'public.profiles' and r.completed_at is null
    order by r.id`;
  return rows.map(({ key }) => String(key));
}
