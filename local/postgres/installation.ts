import { join } from "node:path";
import type { ServerKind } from "../settings.ts";
import { debianServer } from "./debian.ts";
import { embeddedServer } from "./embedded.ts";
import { installStandIns, standInSources } from "./stand_ins.ts";

/** A private copy of a Postgres server, in the state folder. */
export interface Installation {
  readonly kind: ServerKind;
  readonly binDir: string;
  /** Where control files and SQL of extensions live. */
  readonly extensionDir: string;
}

/**
 * Makes the private copy of Postgres, with pgTAP and the stand-ins, unless it is there already.
 *
 * The copy is built aside and renamed, so that an interrupted set-up leaves nothing half done.
 */
export async function prepareInstallation(kind: ServerKind, dir: string): Promise<Installation> {
  const source = kind === "embedded" ? await embeddedServer() : await debianServer();
  const folder = join(dir, `postgres-${kind}`);
  const keyFile = vaultKeyFile(dir);
  const stamp = await fingerprint([source.version, keyFile, ...await standInSources()]);
  const installation = {
    kind,
    binDir: join(folder, source.binPath),
    extensionDir: join(folder, source.extensionPath),
  };
  if (await readStamp(folder) === stamp) return installation;

  const building = `${folder}.building`;
  await Deno.remove(building, { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(building, { recursive: true });
  await source.copyTo(building);
  await installStandIns(join(building, source.extensionPath), keyFile);
  await Deno.writeTextFile(join(building, STAMP_FILE), stamp);
  await Deno.remove(folder, { recursive: true }).catch(ignoreMissing);
  await Deno.rename(building, folder);
  return installation;
}

/** Where Vault's key lies: beside the database, never in it. */
export function vaultKeyFile(dir: string): string {
  return join(dir, "vault.key");
}

const STAMP_FILE = "stamp";

async function readStamp(folder: string): Promise<string | null> {
  return await Deno.readTextFile(join(folder, STAMP_FILE)).catch(ignoreMissing) ?? null;
}

async function fingerprint(parts: string[]): Promise<string> {
  const bytes = new TextEncoder().encode(parts.join("\0"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
