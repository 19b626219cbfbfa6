import { z } from "zod";
import type { Claim, ClaimedAction } from "../../_shared/contract/claim.ts";
import { type AttemptResult, attemptResult } from "../../_shared/contract/report.ts";
import { startServer, type TestServer } from "../../_shared/testing/http_server.ts";
import { sampleAction } from "./samples.ts";

const reportBody = z.object({ results: z.array(attemptResult) });

/** A Data API over HTTP whose engine hands out one claim and keeps what is reported. */
export interface FakeDataApi extends TestServer {
  /** Resolves with the first result that is reported. */
  readonly reported: Promise<AttemptResult>;
}

/** Starts a Data API that has one claim to give. */
export function startDataApi(claim: Claim, action: Partial<ClaimedAction>): FakeDataApi {
  const reported = Promise.withResolvers<AttemptResult>();
  let claims = [claim];
  const server = startServer(async ({ path, body }) => {
    const taken = claims;
    claims = [];
    if (taken.length === 0 && path.endsWith("/workflow_claim")) await pause();
    const [result] = path.endsWith("/workflow_report")
      ? reportBody.parse(JSON.parse(body)).results
      : [];
    if (result !== undefined) reported.resolve(result);
    const answer = { actions: { welcome: sampleAction(action) }, claims: taken, next_due_ms: null };
    return Response.json({ ...answer, accepted: 1, stale: [], stopped: [] });
  });
  return Object.assign(server, { reported: reported.promise });
}

/** As long as a claim may wait in the engine, shortened. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
