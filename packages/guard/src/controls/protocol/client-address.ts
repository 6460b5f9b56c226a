import { canonicalAddress } from "../../reading/address.ts";
import { compileTrustedProxies } from "../../reading/trusted-proxies.ts";

/** The connection's other end. */
export interface Peer {
  /** In the one spelling of an address. */
  readonly address: string;
  /** It is a proxy that the operator trusts: what it says of its callers is believed. */
  readonly trusted: boolean;
}

export interface ClientAddresses {
  peerOf(peerAddress: string): Peer;
  /**
   * Whose address a request counts under. Reads `X-Forwarded-For` from right to left and stops at
   * the first address that is not a trusted proxy: everything to the left of it is the caller's own
   * claim. From an untrusted peer the field is not read at all.
   */
  clientOf(peer: Peer, forwardedFor: string | undefined): string;
}

const mostRemembered = 1000;

/** @throws RangeError naming the entry that is no address or CIDR range */
export function compileClientAddresses(trustedProxies: readonly string[]): ClientAddresses {
  const isTrusted = compileTrustedProxies(trustedProxies);
  /** Proxies keep their connections, and a caller sends many requests on its own. */
  const peers = new Map<string, Peer>();
  return {
    peerOf(peerAddress) {
      const known = peers.get(peerAddress);
      if (known !== undefined) return known;
      const address = canonicalAddress(peerAddress) ?? peerAddress;
      const peer: Peer = Object.freeze({ address, trusted: isTrusted(address) });
      if (peers.size >= mostRemembered) peers.clear();
      peers.set(peerAddress, peer);
      return peer;
    },
    clientOf(peer, forwardedFor) {
      if (!peer.trusted || forwardedFor === undefined) return peer.address;
      let { address } = peer;
      const claims = forwardedFor.split(",");
      for (let index = claims.length - 1; index >= 0 && isTrusted(address); index -= 1) {
        const claim = canonicalAddress((claims[index] as string).trim());
        if (claim === undefined) return address;
        address = claim;
      }
      return address;
    },
  };
}
