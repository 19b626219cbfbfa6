import { readEnvironment } from "../service/environment.ts";
import { createLog } from "../service/log.ts";
import { runService } from "../service/run_service.ts";
import { createAdmin } from "./admin.ts";
import { environment } from "./environment.ts";
import { FunctionRunner } from "./runner.ts";

const env = readEnvironment(environment);
const log = createLog("functions");
const runner = await FunctionRunner.open(env, log);
const admin = Deno.serve({
  hostname: "127.0.0.1",
  port: env.LOCAL_ADMIN_PORT,
  onListen: ({ port }) => log("admin listening", { port }),
}, createAdmin(runner));

await runService({
  log,
  port: env.LOCAL_PORT,
  handle: (request) => runner.handle(request),
  close: async () => {
    await runner.close();
    await admin.shutdown();
  },
});
