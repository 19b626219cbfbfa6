import { createCluster, serverCommand, SUPERUSER } from "../local/postgres/cluster.ts";
import { openDatabase } from "../local/postgres/database.ts";
import { prepareInstallation, vaultKeyFile } from "../local/postgres/installation.ts";
import { applyPlatform } from "../local/postgres/platform.ts";
import { startChild, waitUntilReady } from "../local/process/child.ts";
import { endLeftovers } from "../local/process/leftovers.ts";
import { findOrdinaryUser } from "../local/process/ordinary_user.ts";
import { keepVaultKey } from "../local/secrets.ts";
import { readSettings } from "../local/settings.ts";
import { freePort } from "./free_port.ts";
import { repositoryRoot } from "./repository.ts";

/** A database as empty as the platform hands it out, on a Postgres on which nothing else happens. */
export interface ScratchDatabase extends AsyncDisposable {
  /** As the role `postgres`, which runs the migrations and is no superuser. */
  readonly url: string;
  readonly superuserUrl: string;
}

/**
 * Starts a Postgres of its own: the real pg_cron can be created in one database a server only, and
 * no worker and no tick may run between two statements of a test.
 *
 * @param name Its folder; what a killed run left there is ended and removed first.
 * @param build Fills the database, as the role `postgres`.
 */
export async function startScratchDatabase(
  name: string,
  build: (url: string, root: string) => Promise<void>,
): Promise<ScratchDatabase> {
  const password = crypto.randomUUID();
  const server = await startServer(name, password);
  const urlOf = (role: string) =>
    `postgres://${role}:${password}@127.0.0.1:${server.port}/postgres`;
  const database: ScratchDatabase = {
    url: urlOf("postgres"),
    superuserUrl: urlOf(SUPERUSER),
    [Symbol.asyncDispose]: server.stop,
  };
  try {
    await waitUntilReady(server, () => accepts(database.superuserUrl));
    await makePlatform(database.superuserUrl, password);
    await build(database.url, repositoryRoot);
    return database;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function startServer(name: string, password: string) {
  const settings = readSettings();
  const shared = `${settings.dir}/scratch`;
  const folder = `${shared}/${name}`;
  await endLeftovers(folder);
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  await keepVaultKey(vaultKeyFile(shared));
  const installation = await prepareInstallation(settings.postgres, shared);
  const user = await findOrdinaryUser();
  await createCluster(`${folder}/data`, password, installation, user);
  const port = freePort();
  const server = startChild({
    name: `scratch ${name}`,
    command: [
      ...serverCommand(`${folder}/data`, port, installation, user),
      ...quietSettings(settings.postgres === "debian"),
    ],
    logFile: `${folder}/postgres.log`,
    stopSignal: "SIGINT",
  });
  return { ...server, port };
}

/** Nothing has to survive a crash here, and the real pg_cron finds no way to run a job. */
function quietSettings(hasRealCron: boolean): string[] {
  const settings = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"];
  const noJobs = ["cron.use_background_workers=off", "cron.host=nowhere.invalid"];
  return [...settings, ...(hasRealCron ? noJobs : [])].flatMap((setting) => ["-c", setting]);
}

async function accepts(url: string): Promise<boolean> {
  const database = openDatabase(url);
  try {
    await database`select`;
    return true;
  } catch {
    return false;
  } finally {
    await database.end();
  }
}

async function makePlatform(superuserUrl: string, password: string): Promise<void> {
  const superuser = openDatabase(superuserUrl);
  try {
    const passwords = { postgres: password, data_api: password, authenticator: password };
    await applyPlatform(superuser, passwords);
  } finally {
    await superuser.end();
  }
}
