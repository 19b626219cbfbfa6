import { readEnvironment } from "../service/environment.ts";
import { createLog } from "../service/log.ts";
import { runService } from "../service/run_service.ts";
import { openDataConnection } from "./connection.ts";
import { createDataApi } from "./data_api.ts";
import { environment } from "./environment.ts";
import { proxyToFunctions } from "./functions_proxy.ts";
import { createGateway } from "./gateway.ts";
import { RecoveringApi } from "./recovering_api.ts";
import { listenForSchema } from "./schema_listener.ts";

const env = readEnvironment(environment);
const log = createLog("api");
const keys = {
  jwtSecret: env.LOCAL_JWT_SECRET,
  publishableKey: env.LOCAL_PUBLISHABLE_KEY,
  secretKey: env.LOCAL_SECRET_KEY,
};
const api = new RecoveringApi(() => {
  const connection = openDataConnection(env.LOCAL_DB_URL);
  return {
    fetch: createDataApi(connection, keys),
    reload: () => connection.clearSchemaCache(),
    close: () => connection.close(),
  };
});
const reload = () => api.reload();
const listener = await listenForSchema(env.LOCAL_DB_URL, reload, log);

await runService({
  log,
  port: env.LOCAL_PORT,
  onConnectionLost: () => api.reopen(),
  handle: createGateway({
    dataApi: (request) => api.fetch(request),
    functions: (request) => proxyToFunctions(request, env.LOCAL_FUNCTIONS_URL),
    reload,
  }, log),
  close: async () => {
    await listener.close();
    await api.close();
  },
});
