/**
 * The links by which the outside answers an action that waits. The worker makes them, the function
 * `workflow-webhook` serves them.
 *
 * Both are keyed with the literal text of WORKFLOW_SECRET: of several secrets the first one signs
 * and each one verifies, so that links outlive a rotation. The message that is signed begins with
 * the kind of link, so that none can be passed off as the other.
 *
 * @module
 */
import { hex, hmac, isHmac } from "./hmac.ts";

/** What a callback URL answers: one attempt of one action log. */
export interface Callback {
  /** The action log's id. */
  readonly actionId: string;
  readonly attempt: number;
}

/**
 * The token by which a recipient decides an approval. It is the same on each attempt and in each
 * reminder; the database knows only its hash.
 */
export async function approvalToken(
  secret: string,
  actionId: string,
  recipient: string,
): Promise<string> {
  return base64Url(await hmac(secret, `approval:${actionId}:${recipient}`));
}

/** The hash of a token by which the database recognises it: SHA-256 in lower-case hex. */
export async function tokenHash(token: string): Promise<string> {
  return hex(
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token))),
  );
}

/** Where the owner of a token reads the approval and decides it. */
export function approvalLink(publicUrl: string, token: string): string {
  return linkTo(publicUrl, "approval", { token });
}

/** The same without a token: where decisions are sent. */
export function approvalAddress(publicUrl: string): string {
  return linkTo(publicUrl, "approval", {});
}

/** Where an attempt that was handed on is answered. */
export async function callbackUrl(
  publicUrl: string,
  secret: string,
  callback: Callback,
): Promise<string> {
  return linkTo(publicUrl, "callback", {
    action: callback.actionId,
    attempt: String(callback.attempt),
    signature: base64Url(await hmac(secret, signedPart(callback))),
  });
}

/** Whether one of the secrets signed the callback's URL; compared in constant time. */
export async function isCallbackSigned(
  secrets: readonly string[],
  callback: Callback,
  signature: string,
): Promise<boolean> {
  const code = fromBase64Url(signature);
  if (code === undefined) return false;
  const text = signedPart(callback);
  const matches = await Promise.all(secrets.map((secret) => isHmac(secret, text, code)));
  return matches.includes(true);
}

function signedPart({ actionId, attempt }: Callback): string {
  return `callback:${actionId}:${attempt}`;
}

function linkTo(publicUrl: string, page: string, parameters: Record<string, string>): string {
  const folder = publicUrl.endsWith("/") ? publicUrl : `${publicUrl}/`;
  const url = new URL(`functions/v1/workflow-webhook/${page}`, folder);
  url.search = new URLSearchParams(parameters).toString();
  return url.href;
}

/** @see https://www.rfc-editor.org/rfc/rfc4648#section-5 */
function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]*$/.test(text)) return undefined;
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
