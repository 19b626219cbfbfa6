import { z } from "zod";
import { parsedJsonObject } from "./json.ts";

/** The longest comment on a decision, in characters. */
export const LONGEST_COMMENT = 2000;

/** What a person may decide. */
export const decision = z.enum(["approved", "rejected"]);

/** What whoever holds a link sees of an approval: the answer of `workflow_read_approval`. */
export const approval = z.object({
  id: z.guid(),
  /** The workflow's name. */
  workflow: z.string(),
  message: z.string(),
  details: parsedJsonObject,
  role: z.string().nullable(),
  /** Whom the link was sent to. */
  recipient: z.string(),
  status: z.enum(["pending", ...decision.options, "expired", "stopped"]),
  expires_at: z.iso.datetime({ offset: true }),
  decided_by: z.string().nullable(),
  decided_at: z.iso.datetime({ offset: true }).nullable(),
  comment: z.string().nullable(),
});

/** The body of a POST that decides by a link's token. */
export const approvalDecision = z.strictObject({
  token: z.string(),
  decision,
  /** An empty one is none. Forms send line breaks as CRLF, and count them as one character. */
  comment: z.string().overwrite((text) => text.replaceAll("\r\n", "\n")).trim().max(LONGEST_COMMENT)
    .nullish().transform((text) => text || null),
});

export type Approval = z.infer<typeof approval>;
export type ApprovalDecision = z.infer<typeof approvalDecision>;
