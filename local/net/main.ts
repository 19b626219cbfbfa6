import { openDatabase } from "../postgres/database.ts";
import { readEnvironment } from "../service/environment.ts";
import { createLog } from "../service/log.ts";
import { endOnSignal, workerEnvironment } from "../service/worker.ts";
import { Pace } from "./pace.ts";
import { sendRequest } from "./request.ts";
import { hasStandIn, sendBatch } from "./request_queue.ts";

const env = readEnvironment(workerEnvironment);
const log = createLog("net");
const connection = { application_name: env.LOCAL_APPLICATION_NAME };
const listener = openDatabase(env.LOCAL_DB_URL, { connection });
const db = openDatabase(env.LOCAL_DB_URL);
const pace = new Pace();
const stopping = new AbortController();

/** One batch; an error is logged, and the next wake-up tries again. */
async function takeBatch(): Promise<number> {
  try {
    if (!await hasStandIn(db)) {
      log("idle", { reason: "this database has no stand-in for pg_net" });
      return 0;
    }
    const taken = await sendBatch(db, sendRequest);
    if (taken > 0) log("batch", { taken });
    return taken;
  } catch (error) {
    log("error", { message: error instanceof Error ? error.message : String(error) });
    return 0;
  }
}

await listener.listen("pg_net_wake", () => pace.wake(), () => pace.wake());
log("listening");
const running = pace.run(takeBatch, stopping.signal);
await endOnSignal(log, async () => {
  stopping.abort();
  await Promise.all([listener.end({ timeout: 1 }), running]);
  await db.end({ timeout: 1 });
});
