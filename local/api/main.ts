import { readEnvironment } from "../service/environment.ts";
import { createLog } from "../service/log.ts";
import { runService } from "../service/run_service.ts";
import { openDataConnection } from "./connection.ts";
import { createDataApi } from "./data_api.ts";
import { environment } from "./environment.ts";
import { proxyToFunctions } from "./functions_proxy.ts";
import { createGateway } from "./gateway.ts";
import { listenForSchema } from "./schema_listener.ts";

const env = readEnvironment(environment);
const log = createLog("api");
const connection = openDataConnection(env.LOCAL_DB_URL);
const reload = () => connection.clearSchemaCache();
const listener = await listenForSchema(env.LOCAL_DB_URL, reload, log);

await runService({
  log,
  port: env.LOCAL_PORT,
  handle: createGateway({
    dataApi: createDataApi(connection, {
      jwtSecret: env.LOCAL_JWT_SECRET,
      publishableKey: env.LOCAL_PUBLISHABLE_KEY,
      secretKey: env.LOCAL_SECRET_KEY,
    }),
    functions: (request) => proxyToFunctions(request, env.LOCAL_FUNCTIONS_URL),
    reload,
  }, log),
  close: async () => {
    await listener.close();
    await connection.close();
  },
});
