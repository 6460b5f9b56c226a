import { type BlockList, isIP } from "node:net";
import { canonicalAddress } from "./address.ts";

/** Addresses that begin with the same bits. */
export interface AddressRange {
  readonly address: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

/** Why an entry is no range of addresses that somebody could mean, and what to write instead. */
export interface RangeFault {
  readonly fault: string;
  readonly expected: string;
}

const forms = "10.0.0.0/8, 192.0.2.7 or 2001:db8::/32";
const widthOf = { ipv4: 32, ipv6: 128 } as const;
/** `::ffff:0:0/96`: where IPv6 writes the addresses of IPv4. */
const mappedPrefix = 96;
const mappedBlock = 0xffffn << 32n;

/**
 * Reads an address or a CIDR range such as 10.0.0.0/8. What would hold everybody, and what can be
 * meant in two ways, is a fault.
 */
export function readRange(entry: string): AddressRange | RangeFault {
  const [sent = "", bits] = entry.split("/");
  const sentFamily = familyOf(sent);
  const most = sentFamily === "ipv4" ? 32 : 128;
  const prefix = bits === undefined ? most : Number(bits);
  const address = sentFamily === undefined ? undefined : canonicalAddress(sent);
  if (
    address === undefined ||
    bits === "" ||
    !Number.isInteger(prefix) ||
    prefix < 0 ||
    prefix > most
  )
    return { fault: `'${entry}' is not an address or a CIDR range`, expected: forms };
  const family = familyOf(address) as AddressRange["family"];
  if (family === sentFamily) return verified(entry, { address, prefix, family });
  // An IPv4 address in IPv6's form: the prefix counts the 96 bits before it.
  if (prefix >= mappedPrefix)
    return verified(entry, { address, prefix: prefix - mappedPrefix, family });
  return {
    fault: `'${entry}' holds every IPv4 address, because its first ${prefix} bits say nothing of one`,
    expected: prefix <= 32 ? `${address}/${prefix}` : address,
  };
}

function verified(entry: string, range: AddressRange): AddressRange | RangeFault {
  const { address, family, prefix } = range;
  if (prefix === 0)
    return {
      fault: `'${entry}' holds everybody`,
      expected: `the addresses of your own proxies, such as ${forms}`,
    };
  const rest = BigInt(widthOf[family] - prefix);
  const value = valueOf(address, family);
  const network = (value >> rest) << rest;
  if (family === "ipv6" && prefix < mappedPrefix && network === (mappedBlock >> rest) << rest)
    return {
      fault: `'${entry}' holds every IPv4 address`,
      expected: `the addresses of your own proxies, such as ${forms}`,
    };
  if (network !== value)
    return {
      fault: `'${entry}' names one address, and a range that begins elsewhere`,
      expected: `${written(network, family)}/${prefix} for the range, ${address} for the one address`,
    };
  return range;
}

/** Adds a range that was read. */
export function addRange(list: BlockList, { address, family, prefix }: AddressRange): void {
  list.addSubnet(address, prefix, family);
}

function familyOf(address: string): AddressRange["family"] | undefined {
  const family = isIP(address);
  if (family === 0) return undefined;
  return family === 4 ? "ipv4" : "ipv6";
}

/** An address in its canonical spelling, as a number. */
function valueOf(address: string, family: AddressRange["family"]): bigint {
  if (family === "ipv4")
    return address.split(".").reduce((value, part) => (value << 8n) | BigInt(part), 0n);
  const [head = "", tail] = address.split("::");
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const between = Array.from({ length: 8 - before.length - after.length }, () => 0n);
  return [...before, ...between, ...after].reduce((value, group) => (value << 16n) | group, 0n);
}

/** Groups of 16 bits; the last two may be written as an IPv4 address. */
const groupsOf = (text: string): bigint[] =>
  text === ""
    ? []
    : text.split(":").flatMap((group) => {
        if (!group.includes(".")) return [BigInt(`0x${group}`)];
        const value = valueOf(group, "ipv4");
        return [value >> 16n, value & 0xffffn];
      });

function written(value: bigint, family: AddressRange["family"]): string {
  const size = family === "ipv4" ? 8n : 16n;
  const count = family === "ipv4" ? 4 : 8;
  const parts = Array.from({ length: count }, (_, index) => {
    const part = (value >> (size * BigInt(count - 1 - index))) & ((1n << size) - 1n);
    return part.toString(family === "ipv4" ? 10 : 16);
  });
  const text = parts.join(family === "ipv4" ? "." : ":");
  return canonicalAddress(text) ?? text;
}
