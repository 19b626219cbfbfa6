import { z } from "zod";

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string | undefined;
  readonly "Actual Loops": number;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly Plans?: readonly PlanNode[] | undefined;
}

const planNode: z.ZodType<PlanNode> = z.object({
  "Node Type": z.string(),
  "Relation Name": z.string().optional(),
  "Actual Loops": z.number(),
  "Shared Hit Blocks": z.number(),
  "Shared Read Blocks": z.number(),
  get Plans() {
    return z.array(planNode).optional();
  },
});

const executed = z.object({ "Query Text": z.string(), Plan: planNode });

/** How one statement was executed, from the JSON that auto_explain writes. */
export interface Execution {
  /** The statement on one line. */
  readonly query: string;
  /** Pages of 8 kB that it looked at, what it called included. */
  readonly buffers: number;
  /** The tables that it read from one end to the other, although an index might have helped. */
  readonly sequential: readonly string[];
}

/** Reads one message of auto_explain; undefined when it is another message. */
export function readExecution(message: string): Execution | undefined {
  const json = /plan:\n(\{[\s\S]*\})$/.exec(message)?.[1];
  if (json === undefined) return undefined;
  const { "Query Text": text, Plan: plan } = executed.parse(JSON.parse(json));
  const scans = nodesOf(plan).filter((node) => /Seq Scan/.test(node["Node Type"]));
  return {
    query: text.replaceAll(/\s+/g, " ").trim(),
    buffers: plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
    sequential: scans.filter((node) => node["Actual Loops"] > 0)
      .map((node) => node["Relation Name"] ?? ""),
  };
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}
