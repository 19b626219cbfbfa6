import { join } from "node:path";
import { configureEngine } from "./configure_engine.ts";
import { writeFunctionSecrets } from "./function_secrets.ts";
import { applySchema } from "./migrations.ts";
import { checkPorts } from "./ports.ts";
import { withDatabase } from "./postgres/database.ts";
import { startPostgres } from "./postgres/start.ts";
import { type Child, startChild, waitUntilReady } from "./process/child.ts";
import { endLeftovers, noteProcesses } from "./process/leftovers.ts";
import { keepSecrets } from "./secrets.ts";
import { describeServices, logFile, loopback, type ServiceSpec } from "./services.ts";
import { derivePorts, readSettings, type Settings } from "./settings.ts";
import { lockStateFolder } from "./state_folder.ts";
import { type StackFile, stackFilePath, writeStackFile } from "./stack_file.ts";

/** What a stack is started with; whatever is left out comes from the environment. */
export interface StackOptions extends Partial<Settings> {
  /** Is told what is being done, a few words at a time. */
  readonly onProgress?: (step: string) => void;
  /** Gives the start up; what was started is stopped. */
  readonly signal?: AbortSignal;
}

/** A running stack. */
export interface Stack {
  readonly info: StackFile;
  /** Settles when a process of the stack ends by itself, with a sentence about it. */
  readonly broken: Promise<string>;
  /** Ends every process. */
  stop(): Promise<void>;
}

/**
 * Starts a local stack: Postgres, the workers of the stand-ins, the API, functions and the inbox,
 * each as a process of its own; applies the migrations and tells the engine where its function is.
 *
 * @throws {Error} With one sentence that says what is wrong and what to type.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const settings = readSettings(options);
  const lock = await lockStateFolder(settings.dir);
  const children: Child[] = [];
  let stopping = false;
  const onProgress = (step: string) => {
    options.signal?.throwIfAborted();
    options.onProgress?.(step);
  };
  const stop = async () => {
    stopping = true;
    const [postgres, ...services] = children;
    await Promise.all(services.map((child) => child.stop()));
    await postgres?.stop();
    await Deno.remove(stackFilePath(settings.dir)).catch(() => {});
    lock.close();
  };
  try {
    const info = await startProcesses(settings, children, onProgress);
    onProgress("Applying migrations");
    await applySchema(info.db_url, settings.dir);
    await configureEngine(info);
    options.signal?.throwIfAborted();
    await writeStackFile(settings.dir, info);
    const { promise: broken, resolve } = Promise.withResolvers<string>();
    for (const { ended } of children) {
      void ended.then((sentence) => stopping ? null : resolve(sentence));
    }
    return { info, broken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startProcesses(
  settings: Settings,
  children: Child[],
  onProgress: (step: string) => void,
): Promise<StackFile> {
  const { dir, postgres: kind } = settings;
  const ports = derivePorts(settings.port);
  await endLeftovers(dir);
  checkPorts(ports);
  await Deno.mkdir(join(dir, "logs"), { recursive: true });
  const secrets = await keepSecrets(dir);
  await writeFunctionSecrets(dir, secrets, loopback(ports.inbox));

  onProgress("Starting Postgres");
  const postgres = await startPostgres({
    dir,
    port: ports.postgres,
    kind,
    secrets,
    logFile: logFile(dir, "postgres"),
  });
  children.push(postgres.child);

  onProgress("Starting services");
  const specs = describeServices({
    dir,
    ports,
    postgres: kind,
    secrets,
    databaseUrl: postgres.url,
    adminUrl: postgres.adminUrl,
    dataApiUrl: postgres.dataApiUrl,
  });
  const started = specs.map((spec) => ({ spec, child: startChild(spec) }));
  children.push(...started.map(({ child }) => child));
  await noteProcesses(dir, children);
  const info: StackFile = {
    postgres: kind,
    api_url: loopback(ports.api),
    functions_url: `${loopback(ports.api)}/functions/v1`,
    functions_admin_url: loopback(ports.functionsAdmin),
    inbox_url: loopback(ports.inbox),
    db_url: postgres.url,
    admin_db_url: postgres.adminUrl,
    publishable_key: secrets.publishable_key,
    secret_key: secrets.secret_key,
    jwt_secret: secrets.jwt_secret,
    workflow_secret: secrets.workflow_secret,
    webhook_secret: secrets.webhook_secret,
    pid: Deno.pid,
  };
  await Promise.all(
    started.map(({ spec, child }) => waitUntilReady(child, () => isReady(spec, info.admin_db_url))),
  );
  return info;
}

async function isReady({ readiness }: ServiceSpec, adminUrl: string): Promise<boolean> {
  if ("healthUrl" in readiness) return await answers(`${readiness.healthUrl}/_local/health`);
  const [row] = await withDatabase(
    adminUrl,
    (db) => db`select from pg_stat_activity where application_name = ${readiness.connection}`,
  );
  return row !== undefined;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
