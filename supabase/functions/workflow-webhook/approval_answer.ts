import type { Approval } from "../_shared/contract/approval.ts";
import type { Form } from "./accept.ts";
import { answer, json, message } from "./answer.ts";
import { CONTENT_SECURITY_POLICY, renderApproval, renderNotice } from "./approval_page.ts";
import { renderText } from "./approval_text.ts";
import { type ApprovalView, viewApproval } from "./approval_view.ts";

/** Any origin may read the JSON: the token is what opens an approval, and browsers add nothing. */
const CORS = { "access-control-allow-origin": "*", vary: "accept" };

const PREFLIGHT = {
  ...CORS,
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers": "authorization, x-client-info, apikey, content-type",
  "access-control-max-age": "86400",
};

/** The link by which an approval was opened. */
export interface OpenedBy {
  /** Where it is decided, without the token. */
  readonly address: string;
  readonly token: string;
}

/** Lets pages of other origins send a decision as JSON. */
export function answerPreflight(): Response {
  return answer(204, null, PREFLIGHT);
}

/** An approval as it is now. */
export function answerApproval(form: Form, approval: Approval, openedBy: OpenedBy): Response {
  if (form === "json") return json(200, approval, CORS);
  return answerView(form, 200, viewApproval(approval), openedBy);
}

/** An approval that can no longer be decided, to whoever tried. */
export function answerConflict(form: Form, approval: Approval, openedBy: OpenedBy): Response {
  const view = viewApproval(approval);
  const state = `Nothing was changed. ${view.state}`;
  if (form === "json") return json(409, { message: state, approval }, CORS);
  return answerView(form, 409, { ...view, state }, openedBy);
}

/** One sentence, such as why there is nothing to decide. */
export function answerNotice(form: Form, status: number, heading: string, text: string): Response {
  if (form === "page") return answerPage(status, renderNotice(heading, text));
  if (form === "text") return answerText(status, `${heading}: ${text}\n`);
  return message(status, `${heading}: ${text}`, CORS);
}

function answerView(
  form: "page" | "text",
  status: number,
  view: ApprovalView,
  { address, token }: OpenedBy,
): Response {
  return form === "page"
    ? answerPage(status, renderApproval(view, token))
    : answerText(status, renderText(view, address, token));
}

function answerPage(status: number, page: string): Response {
  return answer(status, page, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": CONTENT_SECURITY_POLICY,
    vary: "accept",
  });
}

function answerText(status: number, text: string): Response {
  return answer(status, text, { "content-type": "text/plain; charset=utf-8", vary: "accept" });
}
