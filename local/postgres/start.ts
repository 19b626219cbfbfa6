import { join } from "node:path";
import { type Child, startChild, waitUntilReady } from "../process/child.ts";
import { findOrdinaryUser } from "../process/ordinary_user.ts";
import { keepVaultKey, type Secrets } from "../secrets.ts";
import type { ServerKind } from "../settings.ts";
import { createCluster, serverCommand, SUPERUSER } from "./cluster.ts";
import { withDatabase } from "./database.ts";
import { prepareInstallation, vaultKeyFile } from "./installation.ts";
import { applyPlatform } from "./platform.ts";

/** What a Postgres server of the stack is started with. */
export interface PostgresOptions {
  readonly dir: string;
  readonly port: number;
  readonly kind: ServerKind;
  readonly secrets: Secrets;
  readonly logFile: string;
}

/** A running server that looks like one of the platform. */
export interface PostgresServer {
  readonly child: Child;
  /** The role that runs migrations. */
  readonly url: string;
  /** The superuser. */
  readonly adminUrl: string;
  /** The Data API's login role. */
  readonly dataApiUrl: string;
}

/** Sets up and starts Postgres; whatever is there already is kept. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { dir, port, kind, secrets, logFile } = options;
  const dataDir = join(dir, "data");
  const user = await findOrdinaryUser();
  const installation = await prepareInstallation(kind, dir);
  await keepVaultKey(vaultKeyFile(dir));
  await user.own(vaultKeyFile(dir));
  await createCluster(dataDir, secrets.admin_password, installation, user);

  const child = startChild({
    name: "postgres",
    command: serverCommand(dataDir, port, installation, user),
    logFile,
    stopSignal: "SIGINT",
  });
  const url = (role: string, password: string) =>
    `postgres://${role}:${password}@127.0.0.1:${port}/postgres`;
  const adminUrl = url(SUPERUSER, secrets.admin_password);
  try {
    await waitUntilReady(child, () => acceptsConnections(adminUrl));
    await withDatabase(adminUrl, (db) =>
      applyPlatform(db, {
        postgres: secrets.postgres_password,
        data_api: secrets.data_api_password,
        authenticator: secrets.authenticator_password,
      }));
  } catch (error) {
    await child.stop();
    throw error;
  }
  return {
    child,
    url: url("postgres", secrets.postgres_password),
    adminUrl,
    dataApiUrl: url("data_api", secrets.data_api_password),
  };
}

async function acceptsConnections(url: string): Promise<boolean> {
  return await withDatabase(url, (db) => db`select 1`).then(() => true, () => false);
}
