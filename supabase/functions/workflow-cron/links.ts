import { list } from "../_shared/environment.ts";
import type { AttemptSecrets } from "../_shared/secrets.ts";
import {
  approvalLink,
  approvalToken,
  type Callback,
  callbackUrl,
  tokenHash,
} from "../_shared/signed_link.ts";

/** A link cannot be signed. No retry mends it. */
export class LinkError extends Error {
  override readonly name = "LinkError";
}

/** Where one recipient decides an approval. */
export interface ApprovalLink {
  readonly url: string;
  /** By this the database recognises the link's token. */
  readonly hash: string;
}

/**
 * The links by which the outside answers one attempt; each throws `LinkError` when it cannot be
 * signed. Whoever has a link can answer, so what signs it is redacted like a secret.
 */
export interface Links {
  /** Takes the answer to this attempt. */
  callbackUrl(): Promise<string>;
  /** Shows the approval to a recipient, who decides it there; the same on each attempt. */
  approval(recipient: string): Promise<ApprovalLink>;
}

/** Makes the links of an attempt. */
export function createLinks(
  callback: Callback,
  publicUrl: string,
  secrets: AttemptSecrets,
): Links {
  return {
    async callbackUrl() {
      const url = await callbackUrl(publicUrl, signingSecret(secrets), callback);
      secrets.hide(new URL(url).searchParams.get("signature") ?? url, "callback signature");
      return url;
    },
    async approval(recipient) {
      const token = await approvalToken(signingSecret(secrets), callback.actionId, recipient);
      secrets.hide(token, "approval token");
      return { url: approvalLink(publicUrl, token), hash: await tokenHash(token) };
    },
  };
}

/** The first of WORKFLOW_SECRET signs. */
function signingSecret(secrets: AttemptSecrets): string {
  const [first] = list(/\s+/).parse(secrets.read("WORKFLOW_SECRET"));
  if (first !== undefined) return first;
  throw new LinkError(
    "Cannot sign a link: WORKFLOW_SECRET is not set; type `supabase secrets set WORKFLOW_SECRET=…` " +
      "with the secret that `select workflow_configure(…)` wrote into Vault",
  );
}
