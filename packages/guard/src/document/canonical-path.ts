/**
 * The one spelling of a request's path that router, policy, limits, record and backend all see. A
 * path that two programs could read differently has no canonical form and is refused.
 */
export type CanonicalTarget =
  | { readonly path: string; readonly query: string }
  | { readonly fault: string };

/**
 * What a path may hold unescaped wherever it stands: RFC 3986 `pchar` without `;`, whose matrix
 * parameters some servers cut off, and without the dot, which may make a dot segment.
 */
const plain = new Uint8Array(128);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~!$&'()*+,=:@")
  plain[character.charCodeAt(0)] = 1;
const unreserved = /[A-Za-z0-9\-._~]/;
const twoHexDigits = /^[0-9A-Fa-f]{2}$/;

const slash = 0x2f;
const percent = 0x25;
const question = 0x3f;
const dot = 0x2e;

/** @param target an origin-form request target (RFC 9112 section 3.2.1) */
export function canonicalPath(target: string): CanonicalTarget {
  if (target.charCodeAt(0) !== slash) return { fault: "does not begin with a slash" };
  let end = target.length;
  let escaped = false;
  for (let index = 1; index < target.length; index += 1) {
    const code = target.charCodeAt(index);
    if (code < 128 && plain[code] === 1) continue;
    if (code === question) {
      end = index;
      break;
    }
    const fault = faultAt(target, index, code);
    if (fault !== undefined) return { fault };
    if (code === percent) escaped = true;
  }
  const raw = end === target.length ? target : target.slice(0, end);
  const query = end === target.length ? "" : target.slice(end + 1);
  const fault = faultOfQuery(query);
  if (fault !== undefined) return { fault };
  return escaped ? unescapePlain(raw, query) : { path: raw, query };
}

/** What is wrong with a character that is not plain, at the place where it stands. */
function faultAt(target: string, index: number, code: number): string | undefined {
  if (code === slash)
    return target.charCodeAt(index - 1) === slash ? "has an empty segment" : undefined;
  if (code === dot) return isDotSegment(target, index) ? "has a dot segment" : undefined;
  return code === percent ? undefined : `holds a character that must be escaped, at ${index}`;
}

/** Whether the dot that stands here begins a segment that is `.` or `..`. */
function isDotSegment(target: string, index: number): boolean {
  if (target.charCodeAt(index - 1) !== slash) return false;
  const after = target.charCodeAt(index + 1) === dot ? index + 2 : index + 1;
  const code = target.charCodeAt(after);
  return Number.isNaN(code) || code === slash || code === question;
}

function faultOfQuery(query: string): string | undefined {
  for (let index = 0; index < query.length; index += 1) {
    const code = query.charCodeAt(index);
    if (code <= 0x20 || code >= 0x7f || code === 0x23 || code === 0x5c)
      return "has a query with a character that must be escaped";
  }
  return undefined;
}

/**
 * Escapes of unreserved characters are undone (RFC 3986 section 6.2.2.2), the others written in
 * upper case.
 */
function unescapePlain(raw: string, query: string): CanonicalTarget {
  let path = "";
  for (let index = 0; index < raw.length; index += 1) {
    const character = raw[index] as string;
    if (character !== "%") {
      path += character;
      continue;
    }
    const hex = raw.slice(index + 1, index + 3);
    const fault = faultOfEscape(hex, raw.slice(index + 3, index + 5));
    if (fault !== undefined) return { fault };
    path += writeEscape(hex);
    index += 2;
  }
  const fault = faultOfUnescaped(path);
  return fault === undefined ? { path, query } : { fault };
}

/** @param after the two characters behind the escape */
function faultOfEscape(hex: string, after: string): string | undefined {
  if (!twoHexDigits.test(hex)) return "has a malformed escape";
  const code = Number.parseInt(hex, 16);
  if (code < 0x20 || code === 0x7f) return "escapes a control character";
  if (code === slash || code === 0x5c) return "escapes a slash or backslash";
  // Decoded twice by a careless server, %252e becomes a dot.
  if (code === percent && twoHexDigits.test(after)) return "is escaped twice";
  return undefined;
}

function writeEscape(hex: string): string {
  const code = Number.parseInt(hex, 16);
  const character = String.fromCharCode(code);
  return code < 128 && unreserved.test(character) ? character : `%${hex.toUpperCase()}`;
}

/** Why a path is refused that is well-formed: what its escapes stand for, taken together. */
function faultOfUnescaped(path: string): string | undefined {
  let text: string;
  try {
    text = decodeURIComponent(path);
  } catch {
    return "is not UTF-8";
  }
  if (text !== text.normalize("NFC")) return "is not in Unicode normal form C";
  if (/[\u0080-\u009f\u2028\u2029\ufeff]/.test(text)) return "escapes a control character";
  if (path.split("/").some((segment) => segment === "." || segment === ".."))
    return "has a dot segment";
  return undefined;
}
