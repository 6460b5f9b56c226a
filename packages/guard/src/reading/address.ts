import { isIP, SocketAddress } from "node:net";

const inBrackets = /^\[([^\]]+)\](?::\d{1,5})?$/;
const withPort = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/;
const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/**
 * The one spelling of an address: without port, brackets and zone, an IPv4 address that is written
 * as IPv6 (RFC 4291 section 2.5.5.2) in its own form, IPv6 as RFC 5952 writes it. Undefined where
 * the text is no address. What counts by address would otherwise begin anew with every spelling.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIP(text) === 4) return text;
  const bare = inBrackets.exec(text)?.[1] ?? withPort.exec(text)?.[1] ?? text;
  const family = isIP(bare);
  if (family === 4) return bare;
  if (family === 0) return undefined;
  const zone = bare.indexOf("%");
  const address = zone === -1 ? bare : bare.slice(0, zone);
  const written = new SocketAddress({ address, family: "ipv6" }).address;
  return mapped.exec(written)?.[1] ?? written;
}
