import type { TestStack } from "./stack.ts";
import { until } from "./until.ts";

/** Sets how long a lease outlives its attempt, until the end of the test. */
export async function setLeaseGrace(
  { admin }: TestStack,
  grace: string,
): Promise<AsyncDisposable> {
  const set = async (value: string) => {
    await admin`update workflow_engine.settings set lease_grace = ${value}::interval`;
  };
  await set(grace);
  return { [Symbol.asyncDispose]: () => set("30 seconds") };
}

/** Waits until the lease on an action log has run out; the clock of leases does not travel. */
export async function untilLeaseRanOut({ db }: TestStack, id: string): Promise<void> {
  await until("the lease to run out", async () => {
    const [row] = await db`
      select l.lease_expires_at < clock_timestamp() as ran_out
      from public.workflow_action_logs l
      where l.id = ${id}`;
    return row?.ran_out === true;
  });
}
