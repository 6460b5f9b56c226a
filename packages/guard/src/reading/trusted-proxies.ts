import { BlockList, isIP } from "node:net";
import { addRange, readRange } from "./address-range.ts";

/** Whether an address, in its canonical spelling, is that of a proxy whose word is believed. */
export type IsTrustedProxy = (address: string) => boolean;

/** @throws RangeError naming the entry that is no address or CIDR range */
export function compileTrustedProxies(entries: readonly string[]): IsTrustedProxy {
  if (entries.length === 0) return () => false;
  const trusted = new BlockList();
  for (const entry of entries) {
    const range = readRange(entry);
    if ("fault" in range) throw new RangeError(`trustedProxies: ${range.fault}`);
    addRange(trusted, range);
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && trusted.check(address, family === 4 ? "ipv4" : "ipv6");
  };
}
