import { join } from "node:path";
import type { OrdinaryUser } from "../process/ordinary_user.ts";
import { run } from "../process/run.ts";
import type { Installation } from "./installation.ts";

/** The superuser of the platform; the role `postgres` is none. */
export const SUPERUSER = "supabase_admin";

/** Only this machine may connect, and only with a password. */
const HOST_BASED_AUTHENTICATION = `
host all all 127.0.0.1/32 scram-sha-256
host all all ::1/128 scram-sha-256
`;

/** Settings of every server; durable as the platform is, and small enough for a laptop. */
const CONFIGURATION = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "150",
  shared_buffers: "128MB",
  max_wal_size: "1GB",
  wal_level: "logical",
  random_page_cost: "1.1",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "%m [%p] %q%u@%d ",
};

/** What Debian's real pg_cron needs to work without passwords. */
const DEBIAN_CONFIGURATION = {
  shared_preload_libraries: "pg_cron",
  "cron.database_name": "postgres",
  "cron.use_background_workers": "on",
};

/** Creates the database cluster unless it exists; the superuser gets the password. */
export async function createCluster(
  dataDir: string,
  password: string,
  installation: Installation,
  user: OrdinaryUser,
): Promise<void> {
  if (await exists(join(dataDir, READY_FILE))) return;
  await Deno.remove(dataDir, { recursive: true }).catch(() => {});
  await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
  await user.own(dataDir);
  const passwordFile = `${dataDir}.password`;
  await Deno.writeTextFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await user.own(passwordFile);
  const [program = "", ...args] = user.wrap([
    join(installation.binDir, "initdb"),
    `--pgdata=${dataDir}`,
    `--username=${SUPERUSER}`,
    "--auth=scram-sha-256",
    `--pwfile=${passwordFile}`,
    "--encoding=UTF8",
    "--no-instructions",
    "--no-sync",
    ...locale(installation),
  ]);
  await run(program, args).finally(() => Deno.remove(passwordFile));
  await Deno.writeTextFile(join(dataDir, "pg_hba.conf"), HOST_BASED_AUTHENTICATION);
  await Deno.writeTextFile(join(dataDir, READY_FILE), "");
}

/** The command that runs the server in the foreground. */
export function serverCommand(
  dataDir: string,
  port: number,
  installation: Installation,
  user: OrdinaryUser,
): string[] {
  const configuration = {
    ...CONFIGURATION,
    ...(installation.kind === "debian" ? DEBIAN_CONFIGURATION : {}),
    port: String(port),
  };
  return user.wrap([
    join(installation.binDir, "postgres"),
    "-D",
    dataDir,
    ...Object.entries(configuration).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ]);
}

const READY_FILE = "workflow-cluster-ready";

/** UTF-8 with byte order, the same on every machine. */
function locale({ kind }: Installation): string[] {
  return kind === "debian"
    ? ["--locale=C.UTF-8"]
    : ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
