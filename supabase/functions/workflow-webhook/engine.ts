import { z } from "zod";
import { type Approval, approval, type ApprovalDecision } from "../_shared/contract/approval.ts";
import type { CallbackAnswer } from "../_shared/contract/callback_answer.ts";
import type { Call } from "../_shared/data_api.ts";
import type { Callback } from "../_shared/signed_link.ts";

/** What the engine refuses: an unknown id or token, a wrong state, a value that it cannot take. */
export type Refusal = "unknown" | "conflict" | "invalid";

/** What a call came to. */
export type Result<Value> =
  | { readonly value: Value; readonly refusal?: undefined }
  | { readonly value?: undefined; readonly refusal: Refusal };

/** What answers from outside go through. Every call throws if it neither succeeds nor is refused. */
export interface Engine {
  /** Answers an attempt that waits; gives the status of its action log. */
  answer(callback: Callback, answer: CallbackAnswer): Promise<Result<{ status: string }>>;
  readApproval(token: string): Promise<Result<Approval>>;
  decide(decision: ApprovalDecision): Promise<Result<Approval>>;
}

const actionLogStatus = z.object({ status: z.string() });

/** The engine behind a way of calling its procedures. */
export function createEngine(call: Call): Engine {
  const ask = async <Value>(
    name: string,
    parameters: Record<string, unknown>,
    answer: z.ZodType<Value>,
  ): Promise<Result<Value>> => {
    const { data, error, status } = await call(name, parameters);
    if (error === null) return { value: answer.parse(data) };
    const refusal = refusalOf(error.code ?? "");
    if (refusal !== undefined) return { refusal };
    throw new Error(`Cannot call "${name}": ${error.message || `status ${status}`}`);
  };
  return {
    answer: ({ actionId, attempt }, result) =>
      ask("workflow_answer", { action_id: actionId, attempt, result }, actionLogStatus),
    readApproval: (token) => ask("workflow_read_approval", { token }, approval),
    decide: (decision) => ask("workflow_decide", decision, approval),
  };
}

/** Classes 22 and 54: Postgres cannot store the value, such as a NUL character or too deep JSON. */
function refusalOf(code: string): Refusal | undefined {
  if (code === "PT404") return "unknown";
  if (code === "PT409") return "conflict";
  return code === "PT422" || /^(22|54)/.test(code) ? "invalid" : undefined;
}
