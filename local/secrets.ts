import { join } from "node:path";
import { z } from "zod";

/** What a stack makes once and keeps: passwords, keys and signing secrets. */
export const secrets = z.object({
  admin_password: z.string(),
  postgres_password: z.string(),
  data_api_password: z.string(),
  authenticator_password: z.string(),
  jwt_secret: z.string(),
  publishable_key: z.string(),
  secret_key: z.string(),
  workflow_secret: z.string(),
  webhook_secret: z.string(),
});

/** The secrets of one stack. */
export type Secrets = z.infer<typeof secrets>;

/** Reads the stack's secrets, and makes them when there are none yet. */
export async function keepSecrets(dir: string): Promise<Secrets> {
  const path = join(dir, "secrets.json");
  const text = await Deno.readTextFile(path).catch(() => null);
  if (text !== null) return secrets.parse(JSON.parse(text));
  const made = await makeSecrets();
  await Deno.writeTextFile(path, JSON.stringify(made, null, 2) + "\n", { mode: 0o600 });
  return made;
}

/** Makes Vault's key unless there is one; whoever runs Postgres must be able to read it. */
export async function keepVaultKey(path: string): Promise<void> {
  const exists = await Deno.stat(path).then(() => true, () => false);
  if (!exists) await Deno.writeFile(path, randomBytes(32), { mode: 0o600 });
}

async function makeSecrets(): Promise<Secrets> {
  const { generateApiKey } = await import("@supabase/lite");
  return {
    admin_password: randomBytes(16).toHex(),
    postgres_password: randomBytes(16).toHex(),
    data_api_password: randomBytes(16).toHex(),
    authenticator_password: randomBytes(16).toHex(),
    jwt_secret: randomBytes(32).toHex(),
    publishable_key: (await generateApiKey("publishable")).key,
    secret_key: (await generateApiKey("secret")).key,
    workflow_secret: signingSecret(),
    webhook_secret: signingSecret(),
  };
}

/** A secret in the form of Standard Webhooks: 32 bytes in base64 after a prefix. */
function signingSecret(): string {
  return `whsec_${randomBytes(32).toBase64()}`;
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}
