import { startChild, waitUntilReady } from "../local/process/child.ts";
import { endLeftovers } from "../local/process/leftovers.ts";
import { readSettings } from "../local/settings.ts";
import { findStackFile, readStackFile, stackFilePath } from "../local/stack_file.ts";
import { freeStackPort } from "./free_port.ts";
import { repositoryRoot } from "./repository.ts";

/** A running stack of the gate's own, as `npm start -- --no-demo` starts it. */
export interface TestStack extends AsyncDisposable {
  /** The path of its `stack.json`, which tests find in `WORKFLOW_STACK`. */
  readonly stackFile: string;
  readonly superuserUrl: string;
}

/**
 * Starts a stack with an empty database beside the user's own, on ports on which nobody listens.
 * What a killed run left behind is ended and removed first.
 */
export async function startTestStack(): Promise<TestStack> {
  const parent = readSettings().dir;
  const dir = `${parent}/test`;
  await endLeftovers(dir);
  await Deno.remove(dir, { recursive: true }).catch(() => {});
  await Deno.mkdir(parent, { recursive: true });
  const supervisor = startChild({
    name: "test stack",
    command: [Deno.execPath(), "run", "--allow-all", main, "start", "--no-demo"],
    env: { WORKFLOW_LOCAL_DIR: dir, WORKFLOW_LOCAL_PORT: String(freeStackPort()) },
    logFile: `${parent}/test.log`,
  });
  await waitUntilReady(supervisor, async () => await findStackFile(dir) !== null);
  const { admin_db_url } = await readStackFile(dir);
  return {
    stackFile: stackFilePath(dir),
    superuserUrl: admin_db_url,
    [Symbol.asyncDispose]: supervisor.stop,
  };
}

const main = `${repositoryRoot}/local/main.ts`;
