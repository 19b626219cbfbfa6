import { assert, assertEquals } from "@std/assert";
import { isSecret, isSigned, plainSignature, sign } from "./signature.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

Deno.test("a signature equals the test vector of Standard Webhooks", () => {
  const at = new Date(1614265330 * 1000);
  const headers = sign([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, '{"test": 2432232314}');
  assertEquals(headers, {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

Deno.test("each secret of a rotation signs, and each one verifies", () => {
  const headers = sign([SECRET, OTHER_SECRET], "msg_1", new Date(), "{}");
  assertEquals(headers["webhook-signature"].split(" ").length, 2);
  assert(isSigned([SECRET], new Headers(headers), "{}"));
  assert(isSigned([OTHER_SECRET], new Headers(headers), "{}"));
});

Deno.test("the plain signature is the hex HMAC that a sample receiver computes", async () => {
  const { createHmac } = await import("node:crypto");
  const body = '{"payload":{"name":"Zoë"}}';
  const expected = createHmac("sha256", SECRET).update(body).digest("hex");
  assertEquals(await plainSignature(SECRET, body), expected);
});

Deno.test("a secret is base64 with or without its prefix", () => {
  assert(isSecret(SECRET));
  assert(isSecret(SECRET.replace("whsec_", "")));
  assert(!isSecret("whsec_"));
  assert(!isSecret("correct horse"));
});
