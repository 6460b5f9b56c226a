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
  const headerBytes = canonicalBytes(token.slice(0, firstDot));
  const payloadBytes = canonicalBytes(token.slice(firstDot + 1, secondDot));
  const signature = canonicalBytes(token.slice(secondDot + 1));
  if (headerBytes === undefined || payloadBytes === undefined || signature === undefined)
    return malformed("a part is not canonical base64url");
  const header = readObject(headerBytes);
  const payload = readObject(payloadBytes);
  if (header === undefined || payload === undefined)
    return malformed("a part is not a JSON object with each member once");
  if (header["crit"] !== undefined || header["b64"] !== undefined || header["zip"] !== undefined)
    return malformed("an extension (crit, b64, zip) is not accepted");
  for (const name of foreignKeys)
    if (header[name] !== undefined && !(bringsKey && name === "jwk"))
      return malformed(`the header brings a key (${name})`);
  return { header, payload, signed: token.slice(0, secondDot), signature };
}

function canonicalBytes(part: string): Buffer | undefined {
  if (!alphabet.test(part)) return undefined;
  const bytes = Buffer.from(part, "base64url");
  return bytes.toString("base64url") === part ? bytes : undefined;
}

function readObject(bytes: Buffer): Record<string, unknown> | undefined {
  const read = readStrictJson(bytes);
  if ("unread" in read) return undefined;
  const { value } = read;
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
