import { readEnvironment } from "../service/environment.ts";
import { createLog } from "../service/log.ts";
import { runService } from "../service/run_service.ts";
import { createApp } from "./app.ts";
import { environment } from "./environment.ts";
import { Mailbox } from "./mailbox.ts";

const env = readEnvironment(environment);
const log = createLog("inbox");
const mailbox = await Mailbox.open(env.LOCAL_STATE_DIR);

await runService({ log, port: env.LOCAL_PORT, handle: createApp(mailbox, log) });
