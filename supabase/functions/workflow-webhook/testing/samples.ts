import type { Approval } from "../../_shared/contract/approval.ts";
import { silentLogger } from "../../_shared/testing/silent_logger.ts";
import { type AppDependencies, createApp } from "../app.ts";
import type { Engine, Result } from "../engine.ts";

export const ACTION = "019ab000-0000-7000-8000-000000000001";

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

export const TOKEN = "R2cI4oOmx8yKQYHdMEl4-sKQ9o3Qb3CSgLBS8mDYkZ_";

/** What browsers say that they take. */
export const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/** An approval that nobody has decided yet. */
export function sampleApproval(changes: Partial<Approval> = {}): Approval {
  return {
    id: "019ab000-0000-7000-8000-000000000002",
    workflow: "refund",
    message: "Refund order 17?",
    details: { amount: "120.00 €", items: ["pen", "ink"], address: { city: "Ulm" }, note: null },
    role: "finance",
    recipient: "ada@example.com",
    status: "pending",
    expires_at: "2026-12-02T14:00:00.123456+00:00",
    decided_by: null,
    decided_at: null,
    comment: null,
    ...changes,
  };
}

/** The same, rejected by somebody else. */
export function rejectedApproval(): Approval {
  return sampleApproval({
    status: "rejected",
    decided_by: "grace@example.com",
    decided_at: "2026-12-01T09:30:00+00:00",
    comment: "Too late",
  });
}

/** An app over an engine that refuses everything but what a test lets it do. */
export function createTestApp(
  engine: Partial<Engine> = {},
  changes: Partial<AppDependencies> = {},
): { app: (request: Request) => Promise<Response>; lines: string[] } {
  const logger = silentLogger();
  const app = createApp({
    engine: { answer: refuse, readApproval: refuse, decide: refuse, ...engine },
    logger,
    secrets: [SECRET],
    approvalAddress: "https://project.example.com/functions/v1/workflow-webhook/approval",
    approvalUrl: undefined,
    canServePages: true,
    ...changes,
  });
  return { app, lines: logger.lines };
}

function refuse(): Promise<Result<never>> {
  return Promise.resolve({ refusal: "unknown" });
}
