import { checked, type CheckedHandler } from "./handler.ts";
import * as approval from "./handlers/approval.ts";
import * as httpRequest from "./handlers/http_request.ts";
import * as log from "./handlers/log.ts";
import * as sendEmail from "./handlers/send_email.ts";
import * as sleep from "./handlers/sleep.ts";
import * as sleepUntil from "./handlers/sleep_until.ts";
import * as startWorkflow from "./handlers/start_workflow.ts";
import * as waitForEvent from "./handlers/wait_for_event.ts";
import * as webhook from "./handlers/webhook.ts";

/** Runs every action that has a `target_endpoint`. */
export const callApplication: CheckedHandler = checked(webhook);

/** The handlers by action type. A new action type is one file, one test, one line. */
export const handlers: ReadonlyMap<string, CheckedHandler> = new Map([
  ["approval", checked(approval)],
  ["http_request", checked(httpRequest)],
  ["log", checked(log)],
  ["send_email", checked(sendEmail)],
  ["sleep", checked(sleep)],
  ["sleep_until", checked(sleepUntil)],
  ["start_workflow", checked(startWorkflow)],
  ["wait_for_event", checked(waitForEvent)],
  ["webhook", callApplication],
]);
