import { dirname, resolve } from "node:path";
import type { Log } from "../service/log.ts";
import { cacheDependencies, functionCommand, type FunctionFolders } from "./deno_command.ts";
import { EdgeFunction } from "./edge_function.ts";
import type { Environment } from "./environment.ts";
import { type FunctionConfig, readFunctionConfigs } from "./function_config.ts";
import { isFunction, listFunctions } from "./function_directory.ts";
import { hostedEnvironment, type Variables } from "./hosted_environment.ts";
import { functionNotFound } from "./platform_answers.ts";
import { Secrets } from "./secrets.ts";
import { refuseWithoutToken } from "./verify_jwt.ts";

const PREFIX = "/functions/v1";

interface ProjectState {
  readonly secrets: Secrets;
  readonly hosted: Variables;
  readonly configOf: (name: string) => FunctionConfig;
}

/** The functions of a project, each in its own process. */
export class FunctionRunner {
  readonly secrets: Secrets;
  #env: Environment;
  #log: Log;
  #folders: FunctionFolders;
  #hosted: Variables;
  #configOf: (name: string) => FunctionConfig;
  #functions = new Map<string, EdgeFunction>();

  private constructor(env: Environment, log: Log, project: ProjectState) {
    this.#env = env;
    this.#log = log;
    this.#folders = foldersOf(env);
    this.secrets = project.secrets;
    this.#hosted = project.hosted;
    this.#configOf = project.configOf;
  }

  /** Reads the project and fetches what its functions import. */
  static async open(env: Environment, log: Log): Promise<FunctionRunner> {
    const secrets = await Secrets.read(env.LOCAL_SECRETS_FILE);
    const hosted = await hostedEnvironment({
      apiUrl: env.LOCAL_API_URL,
      dbUrl: env.LOCAL_DB_URL,
      jwtSecret: env.LOCAL_JWT_SECRET,
      publishableKey: env.LOCAL_PUBLISHABLE_KEY,
      secretKey: env.LOCAL_SECRET_KEY,
    });
    const runner = new FunctionRunner(env, log, {
      secrets,
      hosted,
      configOf: await readFunctionConfigs(env.LOCAL_CONFIG),
    });
    for (const name of await listFunctions(runner.#folders.functions)) await runner.cache(name);
    return runner;
  }

  /** Answers `/functions/v1/<name>/…`; the function sees `/<name>/…`. */
  async handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (!url.pathname.startsWith(`${PREFIX}/`)) return functionNotFound();
    url.pathname = url.pathname.slice(PREFIX.length);
    const name = url.pathname.split("/")[1] ?? "";
    const edgeFunction = await this.find(name);
    if (!edgeFunction) return functionNotFound();
    const refusal = await this.#refuse(request, name);
    return refusal ?? await edgeFunction.handle(new Request(url, request));
  }

  /** The function of that name, if the project has it and has not disabled it. */
  async find(name: string): Promise<EdgeFunction | null> {
    if (!await isFunction(this.#folders.functions, name)) return null;
    if (!this.#configOf(name).enabled) return null;
    const known = this.#functions.get(name) ?? this.#create(name);
    this.#functions.set(name, known);
    return known;
  }

  /** All functions of the project. */
  async list(): Promise<EdgeFunction[]> {
    const names = await listFunctions(this.#folders.functions);
    const found = await Promise.all(names.map((name) => this.find(name)));
    return found.filter((edgeFunction) => edgeFunction !== null);
  }

  /** Fetches what a function imports; what cannot be had is logged, and fails its boot. */
  async cache(name: string): Promise<void> {
    const started = performance.now();
    const message = await cacheDependencies(this.#folders, name);
    const ms = Math.round(performance.now() - started);
    if (message) this.#log("cache failed", { function: name, message });
    else this.#log("cached", { function: name, ms });
  }

  /** Restarts every function, so that it is given the secrets as they are now. */
  async restart(): Promise<void> {
    await Promise.all([...this.#functions.values()].map((each) => each.restart()));
  }

  /** Ends every process, each after its `beforeunload`. */
  async close(): Promise<void> {
    await Promise.all([...this.#functions.values()].map((each) => each.stop()));
  }

  async #refuse(request: Request, name: string): Promise<Response | null> {
    return this.#configOf(name).verify_jwt
      ? await refuseWithoutToken(request, this.#env.LOCAL_JWT_SECRET)
      : null;
  }

  #create(name: string): EdgeFunction {
    return new EdgeFunction({
      name,
      wallSeconds: this.#env.LOCAL_FUNCTION_WALL_SECONDS,
      output: (line) => console.log(`[${name}] ${line}`),
      spawn: (token) => this.#spawn(name, token),
    });
  }

  async #spawn(name: string, token: string): Promise<Deno.ChildProcess> {
    const command = await functionCommand(this.#folders, name, {
      ...this.secrets.toObject(),
      ...this.#hosted,
      SB_EXECUTION_ID: crypto.randomUUID(),
      LOCAL_CONTROL_TOKEN: token,
    });
    const process = command.spawn();
    this.#log("boot", { function: name, pid: process.pid });
    return process;
  }
}

function foldersOf(env: Environment): FunctionFolders {
  const state = env.LOCAL_STATE_DIR ?? dirname(env.LOCAL_SECRETS_FILE);
  return {
    functions: resolve(env.LOCAL_FUNCTIONS_DIR),
    denoDir: resolve(state, "deno"),
  };
}
