import { encodeHex } from "@std/encoding/hex.js";

/** SHA-256 of a request's body, in hexadecimal. */
export async function digestRequest(body: string): Promise<string> {
  return encodeHex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body)));
}
