import { withDatabase } from "./postgres/database.ts";
import type { StackFile } from "./stack_file.ts";

/**
 * Writes to Vault what the engine needs, as the guide tells the owner of a hosted project to. The
 * inbox plays the application; actions may call this machine.
 */
export async function configureEngine(stack: StackFile): Promise<void> {
  await withDatabase(stack.db_url, async (db) => {
    const [engine] = await db`select to_regproc('public.workflow_configure') is not null as exists`;
    if (engine?.exists !== true) return;
    const [secret] = await db`select id from vault.secrets where name = 'workflow_secret'`;
    await (secret === undefined
      ? db`select vault.create_secret(${stack.workflow_secret}, 'workflow_secret')`
      : db`select vault.update_secret(${secret.id}, ${stack.workflow_secret})`);
    await db`
      select public.workflow_configure(
        url => ${`${stack.functions_url}/workflow-cron`}, app_url => ${stack.inbox_url}
      )`;
    await db`update workflow_engine.settings set allowed_hosts = array['127.0.0.1', 'localhost']`;
  });
}
