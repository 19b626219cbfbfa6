import { join } from "node:path";
import type { Secrets } from "./secrets.ts";
import { secretsFile } from "./services.ts";
import { ROOT } from "./settings.ts";

/**
 * Writes the secrets that functions get: the stack's own, then the user's from
 * `supabase/functions/.env`, which win.
 */
export async function writeFunctionSecrets(
  dir: string,
  secrets: Secrets,
  inboxUrl: string,
): Promise<void> {
  const own = {
    WORKFLOW_SECRET: secrets.workflow_secret,
    WORKFLOW_WEBHOOK_SECRET: secrets.webhook_secret,
    WORKFLOW_ALLOWED_HOSTS: "127.0.0.1,localhost",
    RESEND_API_KEY: "re_local",
    RESEND_BASE_URL: `${inboxUrl}/resend`,
  };
  const lines = Object.entries(own).map(([name, value]) => `${name}=${value}\n`);
  const users = await Deno.readTextFile(join(ROOT, "supabase", "functions", ".env"))
    .catch(() => "");
  await Deno.writeTextFile(secretsFile(dir), lines.join("") + users, { mode: 0o600 });
}
