import { connectStack, createStackClient, type StackClient } from "../local/stack_client.ts";
import { FunctionControl } from "./function_control.ts";

/** A running stack, as tests see it. */
export interface TestStack extends StackClient {
  /** A supabase-js client of the service role. */
  readonly service: ReturnType<typeof createStackClient>;
  readonly functions: FunctionControl;
  /** Runs the tick, as pg_cron does. */
  tick(): Promise<void>;
}

/** Connects to the stack that the environment names. */
export async function openStack(): Promise<TestStack> {
  const stack = await connectStack();
  return {
    ...stack,
    service: createStackClient(stack.info, "secret"),
    functions: new FunctionControl(stack.info.functions_admin_url),
    tick: async () => void await stack.db`select public.workflow_action_log_cron()`,
  };
}
