import { type Form, preferredForm, servedForm } from "./accept.ts";
import { answer } from "./answer.ts";
import {
  answerApproval,
  answerConflict,
  answerNotice,
  answerPreflight,
} from "./approval_answer.ts";
import { isJson, readDecision } from "./decision.ts";
import type { Engine, Refusal } from "./engine.ts";
import type { Handle, Route } from "./route.ts";

/** What approvals by link stand on. */
export interface ApprovalDependencies {
  readonly engine: Engine;
  /** Where this route is, as links name it. */
  readonly approvalAddress: string;
  /** The application's own page, to which browsers are sent. */
  readonly approvalUrl: string | undefined;
  /** Whether pages reach browsers as such; they get plain text otherwise. */
  readonly canServePages: boolean;
}

/**
 * `/approval?token`: GET shows what is asked and never decides, because scanners of mails open
 * links; POST decides.
 */
export function approvalRoute(dependencies: ApprovalDependencies): Route {
  const show = (request: Request) => showApproval(request, dependencies);
  return new Map<string, Handle>([
    ["GET", show],
    ["HEAD", show],
    ["POST", (request) => decide(request, dependencies)],
    ["OPTIONS", answerPreflight],
  ]);
}

async function showApproval(
  request: Request,
  { engine, approvalAddress: address, approvalUrl, canServePages }: ApprovalDependencies,
): Promise<Response> {
  const token = new URL(request.url).searchParams.get("token") ?? "";
  if (approvalUrl !== undefined && preferredForm(request.headers, "page") === "page") {
    return redirect(approvalUrl, token);
  }
  const form = servedForm(request.headers, "page", canServePages);
  const { value } = await engine.readApproval(token);
  if (value === undefined) return answerUnknown(form);
  return answerApproval(form, value, { address, token });
}

async function decide(request: Request, dependencies: ApprovalDependencies): Promise<Response> {
  const { engine, approvalAddress: address, canServePages } = dependencies;
  const form = servedForm(request.headers, isJson(request) ? "json" : "page", canServePages);
  const decision = await readDecision(request);
  if ("problem" in decision) return answerUndecided(form, decision.status, decision.problem);
  const { value, refusal } = await engine.decide(decision);
  if (refusal !== undefined) return await explain(refusal, form, decision.token, dependencies);
  return answerApproval(form, value, { address, token: decision.token });
}

/** Why nothing was decided. Whoever comes too late learns what was decided, by whom and when. */
async function explain(
  refusal: Refusal,
  form: Form,
  token: string,
  { engine, approvalAddress: address }: ApprovalDependencies,
): Promise<Response> {
  const { value } = await engine.readApproval(token);
  if (value === undefined) return answerUnknown(form);
  if (refusal === "invalid") return answerUndecided(form, 422, "The comment cannot be stored.");
  return answerConflict(form, value, { address, token });
}

function answerUndecided(form: Form, status: number, problem: string): Response {
  return answerNotice(form, status, "Nothing was decided", problem);
}

function answerUnknown(form: Form): Response {
  return answerNotice(
    form,
    404,
    "Nothing to decide",
    "Open the link as it was sent, or once more in a few minutes.",
  );
}

function redirect(approvalUrl: string, token: string): Response {
  const location = new URL(approvalUrl);
  location.searchParams.set("token", token);
  return answer(303, null, { location: location.href, vary: "accept" });
}
