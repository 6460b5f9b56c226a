import { readStrictJson } from "../reading/strict-json.ts";

/** A signed token in compact form (RFC 7515 section 3.1), taken apart but not verified. */
export interface CompactToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
  /** What the signature is over: the token up to its second dot. */
  readonly signed: string;
  readonly signature: Buffer;
}

const mostCharacters = 8192;
const alphabet = /^[A-Za-z0-9_-]+$/;
/** A key that comes with the token, or is fetched where the token says, is the attacker's key. */
const foreignKeys: readonly string[] = ["jwk", "jku", "x5u", "x5c"];

/** Why a text is not read as a token. */
export interface UnreadToken {
  readonly unread: string;
}

const malformed = (unread: string): UnreadToken => ({ unread });

/**
 * @param bringsKey a DPoP proof carries the key it is signed with; a token that does is refused
 *
 * Only the canonical form is read. A token with two spellings would be two keys in a cache, two
 * names in a revocation list.
 */
export function readCompactToken(token: string, bringsKey = false): CompactToken | UnreadToken {
  if (token.length > mostCharacters) return malformed(`longer than ${mostCharacters} characters`);
  const firstDot = token.indexOf(".");
  const secondDot = token.indexOf(".", firstDot + 1);
  if (firstDot < 1 || secondDot < firstDot + 2 || token.includes(".", secondDot + 1))
    return malformed("not three parts");
  const header = headerOf(token.slice(0, firstDot), bringsKey);
  const payloadBytes = canonicalBytes(token.slice(firstDot + 1, secondDot));
  const signature = canonicalBytes(token.slice(secondDot + 1));
  if (header === undefined || payloadBytes === undefined || signature === undefined)
    return malformed("a part is not canonical base64url");
  const payload = readObject(payloadBytes);
  if (typeof header === "string") return malformed(header);
  if (payload === undefined) return malformed(notAnObject);
  return { header, payload, signed: token.slice(0, secondDot), signature };
}

type Header = CompactToken["header"];
const notAnObject = "a part is not a JSON object with each member once";

/**
 * Issuers write one header for each of their keys, so that what was read of one is read once.
 * Frozen: many tokens share it.
 */
const knownHeaders = new Map<string, Header>();
const mostHeaders = 64;
const mostHeaderCharacters = 256;

/** Undefined where it is not canonical; a text says why it is not read. */
function headerOf(part: string, bringsKey: boolean): Header | string | undefined {
  const known = knownHeaders.get(part);
  if (known !== undefined) return known;
  const bytes = canonicalBytes(part);
  if (bytes === undefined) return undefined;
  const header = readObject(bytes);
  if (header === undefined) return notAnObject;
  if (header["crit"] !== undefined || header["b64"] !== undefined || header["zip"] !== undefined)
    return "an extension (crit, b64, zip) is not accepted";
  for (const name of foreignKeys)
    if (header[name] !== undefined && !(bringsKey && name === "jwk"))
      return `the header brings a key (${name})`;
  // One that brings a key is the proof's own, and no other's.
  if (!bringsKey && part.length <= mostHeaderCharacters) {
    if (knownHeaders.size >= mostHeaders) knownHeaders.clear();
    knownHeaders.set(part, header);
  }
  return Object.freeze(header);
}

/** What stands behind whole bytes must be zero: else one token would have several spellings. */
function canonicalBytes(part: string): Buffer | undefined {
  if (!alphabet.test(part)) return undefined;
  const over = part.length % 4;
  if (over === 1) return undefined;
  const last = part.charAt(part.length - 1);
  if (over === 2 && !"AQgw".includes(last)) return undefined;
  if (over === 3 && !"AEIMQUYcgkosw048".includes(last)) return undefined;
  return Buffer.from(part, "base64url");
}

function readObject(bytes: Buffer): Record<string, unknown> | undefined {
  const read = readStrictJson(bytes);
  if ("unread" in read) return undefined;
  const { value } = read;
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
