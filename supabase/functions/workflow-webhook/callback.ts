import { z } from "zod";
import { type CallbackAnswer, callbackBody } from "../_shared/contract/callback_answer.ts";
import type { Logger } from "../_shared/logger.ts";
import { parseJson } from "../_shared/parse_json.ts";
import { type Callback, isCallbackSigned } from "../_shared/signed_link.ts";
import { json, message } from "./answer.ts";
import type { Engine, Refusal } from "./engine.ts";
import { nestingOf } from "./nesting.ts";
import { readBody } from "./read_body.ts";
import type { Route } from "./route.ts";

/** The longest body of an answer in bytes: the largest output, and room for what stands around it. */
const LARGEST_BODY_BYTES = 264 * 1024;

/** So deep may an answer be nested; what writes JSON on the way to the database takes little more. */
const DEEPEST_NESTING = 500;

/** What callbacks stand on. */
export interface CallbackDependencies {
  readonly engine: Engine;
  /** The secrets that may have signed a callback's URL. */
  readonly secrets: readonly string[];
  readonly logger: Logger;
}

/** The query of a callback URL. */
const query = z.object({
  action: z.guid(),
  attempt: z.string().regex(/^[1-9]\d{0,8}$/).transform(Number),
  signature: z.string(),
});

const REFUSALS: Record<Refusal, [status: number, text: string]> = {
  unknown: [404, "There is no such action"],
  conflict: [409, "This attempt no longer waits for an answer"],
  invalid: [422, "The answer cannot be stored"],
};

/** `POST /callback?action&attempt&signature`: whoever an attempt was handed on to answers it. */
export function callbackRoute(dependencies: CallbackDependencies): Route {
  return new Map([["POST", (request) => takeAnswer(request, dependencies)]]);
}

async function takeAnswer(
  request: Request,
  { engine, secrets, logger }: CallbackDependencies,
): Promise<Response> {
  if (secrets.length === 0) {
    await request.body?.cancel();
    logger.error("Cannot verify callbacks: set WORKFLOW_SECRET to the worker's");
    return message(500, "Not configured");
  }
  const callback = await verifiedCallback(request.url, secrets);
  if (callback === undefined) {
    await request.body?.cancel();
    return message(401, "Unauthorized");
  }
  const body = await readBody(request, LARGEST_BODY_BYTES);
  if (body === undefined) return message(413, `The answer has over ${LARGEST_BODY_BYTES} bytes`);
  const answer = readAnswer(body);
  if (answer === undefined) return message(400, "The answer is not JSON");
  if (nestingOf(body) > DEEPEST_NESTING) {
    return message(422, `The answer is nested more than ${DEEPEST_NESTING} deep`);
  }
  const { value, refusal } = await engine.answer(callback, answer);
  return refusal === undefined ? json(200, value) : message(...REFUSALS[refusal]);
}

/** What the URL answers, if one of the secrets has signed it. */
async function verifiedCallback(
  url: string,
  secrets: readonly string[],
): Promise<Callback | undefined> {
  const parsed = query.safeParse(Object.fromEntries(new URL(url).searchParams));
  if (!parsed.success) return undefined;
  const { action, attempt, signature } = parsed.data;
  const callback = { actionId: action, attempt };
  return await isCallbackSigned(secrets, callback, signature) ? callback : undefined;
}

/** An empty body completes without an output, as a call that is answered so does. */
function readAnswer(body: string): CallbackAnswer | undefined {
  if (body.trim() === "") return { status: "completed" };
  const parsed = parseJson(body);
  return parsed === undefined ? undefined : callbackBody.parse(parsed);
}
