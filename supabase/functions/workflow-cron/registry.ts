import { checked, type CheckedHandler } from "./handler.ts";
import * as httpRequest from "./handlers/http_request.ts";
import * as log from "./handlers/log.ts";
import * as sendEmail from "./handlers/send_email.ts";
import * as webhook from "./handlers/webhook.ts";

/** Runs every action that has a `target_endpoint`. */
export const callApplication: CheckedHandler = checked(webhook);

/** The handlers by action type. A new action type is one file, one test, one line. */
export const handlers: ReadonlyMap<string, CheckedHandler> = new Map([
  ["http_request", checked(httpRequest)],
  ["log", checked(log)],
  ["send_email", checked(sendEmail)],
  ["webhook", callApplication],
]);
