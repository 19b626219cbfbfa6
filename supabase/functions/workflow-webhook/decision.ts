import { type ApprovalDecision, approvalDecision } from "../_shared/contract/approval.ts";
import { parseJson } from "../_shared/parse_json.ts";
import { readBody } from "./read_body.ts";

/** The longest body of a decision in bytes: the longest comment as a form escapes it, and room. */
const LARGEST_BODY_BYTES = 32 * 1024;

const MEDIA_TYPES = new Map<string, (body: string) => unknown>([
  ["application/json", parseJson],
  ["application/x-www-form-urlencoded", (body) => Object.fromEntries(new URLSearchParams(body))],
]);

/** Why a body is no decision, as an HTTP status and a sentence. */
export interface Unreadable {
  readonly status: number;
  readonly problem: string;
}

/** Whether the body is said to be JSON. */
export function isJson(request: Request): boolean {
  return mediaType(request) === "application/json";
}

/** Reads the body of a POST, a form or JSON. */
export async function readDecision(request: Request): Promise<ApprovalDecision | Unreadable> {
  const parse = MEDIA_TYPES.get(mediaType(request));
  if (parse === undefined) {
    await request.body?.cancel();
    return { status: 415, problem: `Send one of ${[...MEDIA_TYPES.keys()].join(", ")}` };
  }
  const body = await readBody(request, LARGEST_BODY_BYTES);
  if (body === undefined) {
    return { status: 413, problem: `The decision has over ${LARGEST_BODY_BYTES} bytes` };
  }
  const parsed = approvalDecision.safeParse(parse(body));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  return { status: 422, problem: issues.join("; ").replace(/^: /, "") };
}

function mediaType(request: Request): string {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  return type.trim().toLowerCase();
}
