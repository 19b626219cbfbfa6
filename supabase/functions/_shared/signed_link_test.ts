import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { createHash, createHmac } from "node:crypto";
import {
  approvalAddress,
  approvalLink,
  approvalToken,
  callbackUrl,
  isCallbackSigned,
  tokenHash,
} from "./signed_link.ts";

const PROJECT = "https://project.supabase.co";
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const ACTION = "019ab000-0000-7000-8000-000000000001";
const CALLBACK = { actionId: ACTION, attempt: 2 };

async function signatureBy(secret: string): Promise<string> {
  const url = new URL(await callbackUrl(PROJECT, secret, CALLBACK));
  return url.searchParams.get("signature") ?? "";
}

Deno.test("a token is the HMAC of the action log and the recipient, under the literal secret", async () => {
  const recipient = "Zoë <zoe@example.com>";
  const expected = createHmac("sha256", SECRET).update(`approval:${ACTION}:${recipient}`)
    .digest("base64url");
  assertEquals(await approvalToken(SECRET, ACTION, recipient), expected);
});

Deno.test("each recipient has a token of their own", async () => {
  const tokens = await Promise.all(
    ["a@example.com", "b@example.com"].map((recipient) => approvalToken(SECRET, ACTION, recipient)),
  );
  assertNotEquals(tokens[0], tokens[1]);
});

Deno.test("a token's hash is what Postgres computes of it", async () => {
  assertEquals(await tokenHash("token"), createHash("sha256").update("token").digest("hex"));
});

Deno.test("links lead to the function workflow-webhook of the project", async () => {
  assertEquals(
    approvalLink(`${PROJECT}/`, "a-b_c"),
    `${PROJECT}/functions/v1/workflow-webhook/approval?token=a-b_c`,
  );
  const signature = createHmac("sha256", SECRET).update(`callback:${ACTION}:2`).digest("base64url");
  assertEquals(
    await callbackUrl(PROJECT, SECRET, CALLBACK),
    `${PROJECT}/functions/v1/workflow-webhook/callback?action=${ACTION}&attempt=2&signature=${signature}`,
  );
});

Deno.test("links keep the folder of the address below which the outside reaches the project", () => {
  for (const publicUrl of ["https://example.com/api", "https://example.com/api/"]) {
    assertEquals(
      approvalAddress(publicUrl),
      "https://example.com/api/functions/v1/workflow-webhook/approval",
    );
  }
});

Deno.test("each secret of a rotation verifies a callback, another one does not", async () => {
  const signature = await signatureBy(SECRET);
  assert(await isCallbackSigned([SECRET], CALLBACK, signature));
  assert(await isCallbackSigned([OTHER_SECRET, SECRET], CALLBACK, signature));
  assert(!await isCallbackSigned([OTHER_SECRET], CALLBACK, signature));
  assert(!await isCallbackSigned([], CALLBACK, signature));
});

Deno.test("a callback's signature answers no other attempt and no other action", async () => {
  const signature = await signatureBy(SECRET);
  assert(!await isCallbackSigned([SECRET], { ...CALLBACK, attempt: 3 }, signature));
  const other = { ...CALLBACK, actionId: ACTION.replace(/1$/, "2") };
  assert(!await isCallbackSigned([SECRET], other, signature));
});

Deno.test("an approval's token is no callback's signature", async () => {
  const token = await approvalToken(SECRET, ACTION, String(CALLBACK.attempt));
  assert(!await isCallbackSigned([SECRET], CALLBACK, token));
});

for (const signature of ["", "a", "no base64!", "AAAA", "é"]) {
  Deno.test(`"${signature}" is no signature`, async () => {
    assert(!await isCallbackSigned([SECRET], CALLBACK, signature));
  });
}
