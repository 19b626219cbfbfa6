import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { AttemptSecrets, Secrets } from "../_shared/secrets.ts";
import { isCallbackSigned, tokenHash } from "../_shared/signed_link.ts";
import { createLinks, LinkError } from "./links.ts";
import { sampleId } from "./testing/samples.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const CALLBACK = { actionId: sampleId(1), attempt: 2 };

function linksBy(secret?: string) {
  const secrets = new AttemptSecrets(
    new Secrets((name) => name === "WORKFLOW_SECRET" ? secret : undefined),
  );
  return {
    secrets,
    links: createLinks(CALLBACK, "https://project.supabase.co", secrets),
  };
}

Deno.test("the first of several secrets signs a callback URL", async () => {
  const url = new URL(await linksBy(` ${SECRET}  ${OTHER_SECRET}`).links.callbackUrl());
  const signature = url.searchParams.get("signature") ?? "";
  assert(await isCallbackSigned([SECRET], CALLBACK, signature));
  assert(!await isCallbackSigned([OTHER_SECRET], CALLBACK, signature));
  assertEquals(url.searchParams.get("attempt"), "2");
});

Deno.test("the link of an approval carries the token of its hash", async () => {
  const { links } = linksBy(SECRET);
  const { url, hash } = await links.approval("ada@example.com");
  assertEquals(await tokenHash(new URL(url).searchParams.get("token") ?? ""), hash);
});

Deno.test("what signs a link is redacted, its address is not", async () => {
  const { links, secrets } = linksBy(SECRET);
  const callback = new URL(await links.callbackUrl());
  const approval = await links.approval("ada@example.com");
  const signature = callback.searchParams.get("signature") ?? "";
  assertEquals(secrets.redact(signature), "[redacted callback signature]");
  assertEquals(
    secrets.redact(approval.url),
    "https://project.supabase.co/functions/v1/workflow-webhook/approval?token=[redacted approval token]",
  );
  assertNotEquals(signature, "");
});

for (const secret of [undefined, "", "  "]) {
  Deno.test(`without a secret (${JSON.stringify(secret)}) no link is made, and the error says what to type`, async () => {
    const { links } = linksBy(secret);
    await assertRejects(
      () => links.callbackUrl(),
      LinkError,
      "supabase secrets set WORKFLOW_SECRET=",
    );
    await assertRejects(() => links.approval("ada@example.com"), LinkError);
  });
}
