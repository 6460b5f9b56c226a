/**
 * What the beginning of a connection is by version 2 of the PROXY protocol (HAProxy's
 * proxy-protocol.txt, section 2.2): a header with the address of whom the proxy speaks for, or none
 * where it speaks for itself; not all of it yet; or something else.
 */
export type ProxyHeader =
  | { readonly length: number; readonly address: string | undefined }
  | "incomplete"
  | "malformed";

const signature = Buffer.from([
  0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a,
]);
const fixedLength = 16;
/** Addresses and the fields that clouds add take a few hundred bytes. */
const mostLength = 4096;

const version2 = 0x2;
const local = 0x0;
const proxied = 0x1;

/** By family and transport: how long the addresses are, and how the source is written. */
const transports: ReadonlyMap<number, { length: number; source: (at: Buffer) => string }> = new Map(
  [
    [0x11, { length: 12, source: (at: Buffer) => [...at.subarray(0, 4)].join(".") }],
    [0x21, { length: 36, source: (at: Buffer) => groups(at.subarray(0, 16)) }],
  ],
);
/** Unspecified, and UNIX sockets: a program on the proxy's own machine. */
const unaddressed: ReadonlySet<number> = new Set([0x00, 0x31]);

export function readProxyHeader(bytes: Buffer): ProxyHeader {
  const known = Math.min(bytes.length, signature.length);
  if (bytes.compare(signature, 0, known, 0, known) !== 0) return "malformed";
  if (bytes.length < fixedLength) return "incomplete";
  const [version, command] = [bytes.readUInt8(12) >> 4, bytes.readUInt8(12) & 0xf];
  const length = fixedLength + bytes.readUInt16BE(14);
  if (version !== version2 || (command !== local && command !== proxied)) return "malformed";
  if (length > mostLength) return "malformed";
  if (bytes.length < length) return "incomplete";
  if (command === local) return { length, address: undefined };
  const family = bytes.readUInt8(13);
  if (unaddressed.has(family)) return { length, address: undefined };
  const transport = transports.get(family);
  if (transport === undefined || length < fixedLength + transport.length) return "malformed";
  const address = transport.source(bytes.subarray(fixedLength));
  return { length, address };
}

const groups = (bytes: Buffer): string =>
  Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(":");
