import ipaddr from "ipaddr.js";

/** Public addresses that answer with a machine's credentials or configuration. */
const METADATA_ADDRESSES = new Set(["168.63.129.16"]);

/** All that IPv6 has assigned to the public internet. */
const GLOBAL_IPV6 = ipaddr.parseCIDR("2000::/3");

/** Names that only mean something inside a network. */
const INTERNAL_SUFFIXES = [".internal", ".local", ".localhost", ".localdomain", ".home.arpa"];

/** An address that may not be called. No retry mends it. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
}

/** Resolves a host name into all its addresses. */
export type Resolve = (host: string) => Promise<string[]>;

/** What decides whether an address may be called. */
export interface AddressRules {
  /** `host` or `host:port` that an operator opened. */
  readonly allowedHosts: readonly string[];
  /** Left out where the platform cannot resolve names: then only the URL itself is checked. */
  readonly resolve?: Resolve;
}

/**
 * Checks that a URL leads out into the public internet, over https.
 *
 * The name is resolved here and once more by the call itself, so a name server that changes its
 * answer in between is not caught; the platform's network has no private neighbours to reach.
 *
 * @throws {AddressRefused} If it does not.
 */
export async function checkAddress(address: string, rules: AddressRules): Promise<URL> {
  const url = parseUrl(address);
  if (url.username !== "" || url.password !== "") refuse(url, "it holds a user name or password");
  if (isAllowed(url, rules.allowedHosts)) return url;
  if (url.protocol !== "https:") refuse(url, "only https is allowed");
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (ipaddr.isValid(host)) {
    checkPublic(url, host);
    return url;
  }
  if (!host.includes(".") || INTERNAL_SUFFIXES.some((suffix) => host.endsWith(suffix))) {
    refuse(url, `"${host}" is an internal name`);
  }
  for (const resolved of await rules.resolve?.(host) ?? []) checkPublic(url, resolved);
  return url;
}

/** Parsing also turns decimal, hexadecimal and octal notations into the usual one. */
function parseUrl(address: string): URL {
  const url = URL.parse(address);
  if (url === null) throw new AddressRefused(`Cannot call "${address}": it is not an absolute URL`);
  if (url.protocol !== "https:" && url.protocol !== "http:") refuse(url, "only https is allowed");
  return url;
}

function isAllowed(url: URL, allowedHosts: readonly string[]): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return allowedHosts.includes(url.hostname) || allowedHosts.includes(`${url.hostname}:${port}`);
}

function checkPublic(url: URL, address: string): void {
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range !== "unicast") refuse(url, `"${address}" is a ${range} address`);
  if (parsed.kind() === "ipv6" && !parsed.match(GLOBAL_IPV6)) {
    refuse(url, `"${address}" is not a global address`);
  }
  if (METADATA_ADDRESSES.has(parsed.toString())) refuse(url, `"${address}" is a metadata address`);
}

function refuse(url: URL, reason: string): never {
  const shown = `${url.protocol}//${url.host}${url.pathname}`;
  throw new AddressRefused(`Cannot call "${shown}": ${reason}`);
}
