import { join } from "node:path";
import { type ChildSpec } from "./process/child.ts";
import type { Ports, ServerKind } from "./settings.ts";
import { ROOT } from "./settings.ts";
import type { Secrets } from "./secrets.ts";

/** What the services of a stack must know of it. */
export interface ServiceContext {
  readonly dir: string;
  readonly ports: Ports;
  readonly postgres: ServerKind;
  readonly secrets: Secrets;
  readonly databaseUrl: string;
  readonly adminUrl: string;
  readonly dataApiUrl: string;
}

/** A service and how it tells that it is ready. */
export interface ServiceSpec extends ChildSpec {
  readonly readiness:
    | { readonly healthUrl: string }
    /** The `application_name` of a worker's connection. */
    | { readonly connection: string };
}

/** Every service of the stack beside Postgres. */
export function describeServices(context: ServiceContext): ServiceSpec[] {
  return [
    worker("net", "pg_net stand-in", context),
    // Debian's server has the real pg_cron.
    ...(context.postgres === "embedded" ? [worker("cron", "pg_cron stand-in", context)] : []),
    inbox(context),
    functions(context),
    api(context),
  ];
}

/** The URL of a port of this machine. */
export function loopback(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** The file of secrets that functions get, in the form of `supabase secrets set --env-file`. */
export function secretsFile(dir: string): string {
  return join(dir, "functions.env");
}

function worker(name: string, connection: string, context: ServiceContext): ServiceSpec {
  return {
    ...service(name, context, {
      LOCAL_DB_URL: context.adminUrl,
      LOCAL_APPLICATION_NAME: connection,
    }),
    readiness: { connection },
  };
}

function inbox(context: ServiceContext): ServiceSpec {
  return {
    ...service("inbox", context, {
      LOCAL_PORT: String(context.ports.inbox),
      LOCAL_STATE_DIR: join(context.dir, "inbox"),
    }),
    readiness: { healthUrl: loopback(context.ports.inbox) },
  };
}

function functions(context: ServiceContext): ServiceSpec {
  return {
    ...service("functions", context, {
      ...keys(context.secrets),
      LOCAL_PORT: String(context.ports.functions),
      LOCAL_ADMIN_PORT: String(context.ports.functionsAdmin),
      LOCAL_API_URL: loopback(context.ports.api),
      LOCAL_DB_URL: context.databaseUrl,
      LOCAL_FUNCTIONS_DIR: join(ROOT, "supabase", "functions"),
      LOCAL_CONFIG: join(ROOT, "supabase", "config.toml"),
      LOCAL_SECRETS_FILE: secretsFile(context.dir),
      LOCAL_STATE_DIR: join(context.dir, "functions"),
    }),
    readiness: { healthUrl: loopback(context.ports.functions) },
  };
}

function api(context: ServiceContext): ServiceSpec {
  return {
    ...service("api", context, {
      ...keys(context.secrets),
      LOCAL_PORT: String(context.ports.api),
      LOCAL_DB_URL: context.dataApiUrl,
      LOCAL_FUNCTIONS_URL: loopback(context.ports.functions),
    }),
    readiness: { healthUrl: loopback(context.ports.api) },
  };
}

function keys(secrets: Secrets): Record<string, string> {
  return {
    LOCAL_JWT_SECRET: secrets.jwt_secret,
    LOCAL_PUBLISHABLE_KEY: secrets.publishable_key,
    LOCAL_SECRET_KEY: secrets.secret_key,
  };
}

/**
 * A Deno process of its own. The state folder on its command line, which it does not read, tells
 * whose it is if its supervisor is killed.
 */
function service(name: string, { dir }: ServiceContext, env: Record<string, string>): ChildSpec {
  return {
    name,
    command: [
      Deno.execPath(),
      "run",
      "--allow-all",
      join(ROOT, "local", name, "main.ts"),
      `--state=${dir}`,
    ],
    env,
    logFile: logFile(dir, name),
  };
}

/** Where a process of the stack writes its log. */
export function logFile(dir: string, name: string): string {
  return join(dir, "logs", `${name}.log`);
}
