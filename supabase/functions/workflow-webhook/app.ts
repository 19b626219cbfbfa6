import type { Logger } from "../_shared/logger.ts";
import { servedForm } from "./accept.ts";
import { message } from "./answer.ts";
import { type ApprovalDependencies, approvalRoute } from "./approval.ts";
import { answerNotice } from "./approval_answer.ts";
import { type CallbackDependencies, callbackRoute } from "./callback.ts";
import type { Route } from "./route.ts";

/** What the app stands on. */
export interface AppDependencies extends ApprovalDependencies, CallbackDependencies {
  readonly logger: Logger;
}

/** The function: what answers requests. */
export function createApp(dependencies: AppDependencies): (request: Request) => Promise<Response> {
  const routes = new Map<string, Route>([
    ["/callback", callbackRoute(dependencies)],
    ["/approval", approvalRoute(dependencies)],
  ]);
  return async (request) => {
    const { pathname } = new URL(request.url);
    try {
      return await dispatch(request, routes.get(pathBelowFunction(pathname)));
    } catch (error) {
      dependencies.logger.error("Cannot answer a request", { pathname, error: String(error) });
      return answerFailure(request, dependencies);
    }
  };
}

async function dispatch(request: Request, route: Route | undefined): Promise<Response> {
  const handle = route?.get(request.method);
  if (handle !== undefined) return await handle(request);
  await request.body?.cancel();
  if (route === undefined) return message(404, "Not found");
  return message(405, "Method not allowed", { allow: [...route.keys()].join(", ") });
}

function answerFailure({ headers }: Request, { canServePages }: AppDependencies): Response {
  const form = servedForm(headers, "json", canServePages);
  return answerNotice(form, 500, "Something went wrong", "Try again later.");
}

/** `/approval` of `/workflow-webhook/approval`, however many folders stand before. */
function pathBelowFunction(pathname: string): string {
  return pathname.replace(/^.*?\/workflow-webhook(?=\/|$)/, "");
}
