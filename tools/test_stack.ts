import { readSettings } from "../local/settings.ts";
import { type Stack, startStack } from "../local/stack.ts";
import { stackFilePath } from "../local/stack_file.ts";
import { emptyStateFolder } from "../local/state_folder.ts";
import { freeStackPort } from "./free_port.ts";

/** A running stack of the gate's own, as `npm start -- --no-demo` starts it. */
export interface TestStack {
  readonly stack: Stack;
  /** What tests find the stack by. */
  readonly env: Record<string, string>;
}

/**
 * Starts a stack with an empty database beside the user's own, on ports on which nobody listens.
 * What a killed run left behind is ended and removed first.
 */
export async function startTestStack(say: (line: string) => void): Promise<TestStack> {
  const dir = `${readSettings().dir}/test`;
  await emptyStateFolder(dir);
  const stack = await startStack({ dir, port: freeStackPort(), onProgress: say });
  return { stack, env: { WORKFLOW_STACK: stackFilePath(dir), WORKFLOW_LOCAL_DIR: dir } };
}

/** How a process of the stack ended by itself; undefined while all of them run. */
export async function findBreakdown({ stack }: TestStack): Promise<string | undefined> {
  return await Promise.race([stack.broken, Promise.resolve(undefined)]);
}
