import { canonicalAddress } from "@portcullis/guard/node-http";

/** An address, and of IPv6 the network of 64 bits that is one customer's. */
export interface PeerNames {
  readonly address: string;
  readonly network: string | undefined;
}

export function namesOf(peer: string): PeerNames {
  const address = canonicalAddress(peer) ?? peer;
  return { address, network: address.includes(":") ? `${networkOf(address)}/64` : undefined };
}

/** The first four groups of an address as RFC 5952 writes it. */
function networkOf(address: string): string {
  const [left = "", right = ""] = address.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === "" ? [] : right.split(":");
  const zeros = address.includes("::") ? 8 - head.length - tail.length : 0;
  return [...head, ...Array.from({ length: zeros }, () => "0"), ...tail].slice(0, 4).join(":");
}
