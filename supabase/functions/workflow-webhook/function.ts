import { dataApi, readServiceKey } from "../_shared/data_api.ts";
import type { Environment } from "../_shared/environment.ts";
import { jsonLogger } from "../_shared/logger.ts";
import { Secrets } from "../_shared/secrets.ts";
import { approvalAddress } from "../_shared/signed_link.ts";
import { createApp } from "./app.ts";
import { createEngine } from "./engine.ts";
import { canServePages, readSettings } from "./settings.ts";

/**
 * Connects the app with the platform.
 *
 * @throws {Error} If the environment lacks something; the message names it.
 */
export function startFunction(environment: Environment): (request: Request) => Promise<Response> {
  const { supabaseUrl, publicUrl, secrets, approvalUrl } = readSettings(environment);
  const redactor = new Secrets(environment);
  return createApp({
    engine: createEngine(dataApi(supabaseUrl, readServiceKey(environment))),
    logger: jsonLogger((text) => redactor.redact(text)),
    secrets,
    approvalAddress: approvalAddress(publicUrl),
    approvalUrl,
    canServePages: canServePages(publicUrl),
  });
}
