import { type BlockList, isIP } from "node:net";

/** Adds an address or a CIDR range such as 10.0.0.0/8. False when it is neither. */
export function addRange(list: BlockList, entry: string): boolean {
  const [address = "", bits] = entry.split("/");
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? most : Number(bits);
  if (family === 0 || bits === "" || !Number.isInteger(prefix) || prefix < 0 || prefix > most)
    return false;
  list.addSubnet(address, prefix, family === 4 ? "ipv4" : "ipv6");
  return true;
}
