const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

const encoder = new TextEncoder();

/** The HMAC-SHA256 of a text, keyed with the secret's literal text. */
export async function hmac(secret: string, text: string): Promise<Uint8Array> {
  const key = await keyOf(secret);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
}

/** Whether the code is that HMAC. The time that it takes does not depend on where they differ. */
export async function isHmac(
  secret: string,
  text: string,
  code: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const key = await keyOf(secret);
  return await crypto.subtle.verify("HMAC", key, code, encoder.encode(text));
}

/** Bytes in lower-case hex. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function keyOf(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", encoder.encode(secret), ALGORITHM, false, [
    "sign",
    "verify",
  ]);
}
