import { BlockList, isIP } from "node:net";
import { addRange } from "../../reading/address-range.ts";

/**
 * Whose address a request counts under: the connection's other end, unless that is a proxy the
 * operator trusts.
 */
export type ClientAddress = (
  peer: string,
  forwardedFor: string | undefined,
  forwarded: string | undefined,
) => string;

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * An IPv4 address that comes through an IPv6 socket is written as an IPv4 address, so that one
 * caller does not count as two.
 */
export function plainAddress(address: string): string {
  if (!address.includes(":")) return address;
  return mapped.exec(address)?.[1] ?? address;
}

/**
 * Reads `X-Forwarded-For` from right to left and stops at the first address that is not a trusted
 * proxy: everything to the left of it is the caller's own claim. From an untrusted peer the field
 * is not read at all.
 *
 * @throws RangeError naming the entry that is no address or CIDR range
 */
export function compileClientAddress(trustedProxies: readonly string[]): ClientAddress {
  if (trustedProxies.length === 0) return (peer) => plainAddress(peer);
  const trusted = new BlockList();
  for (const entry of trustedProxies) {
    if (!addRange(trusted, entry))
      throw new RangeError(
        `trustedProxies: '${entry}' is not an address or a CIDR range such as 10.0.0.0/8`,
      );
  }
  const isTrusted = (address: string): boolean => {
    const family = isIP(address);
    return family !== 0 && trusted.check(address, family === 4 ? "ipv4" : "ipv6");
  };
  return (peer, forwardedFor) => {
    let address = plainAddress(peer);
    if (forwardedFor === undefined) return address;
    const claims = forwardedFor.split(",");
    for (let index = claims.length - 1; index >= 0 && isTrusted(address); index -= 1) {
      const claim = plainAddress((claims[index] as string).trim());
      if (isIP(claim) === 0) return address;
      address = claim;
    }
    return address;
  };
}
