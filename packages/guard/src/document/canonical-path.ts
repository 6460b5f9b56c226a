/**
 * The one spelling of a request's path that router, policy, limits, record and backend all see. A
 * path that two programs could read differently has no canonical form and is refused.
 */
export type CanonicalTarget =
  | { readonly path: string; readonly query: string }
  | { readonly fault: string };

/**
 * What a path may hold unescaped: RFC 3986 `pchar` without `;`, whose matrix parameters some
 * servers cut off.
 */
const plain = new Uint8Array(128);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@")
  plain[character.charCodeAt(0)] = 1;
const unreserved = /[A-Za-z0-9\-._~]/;

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
    if (code === question) {
      end = index;
      break;
    }
    if (code === slash) {
      if (target.charCodeAt(index - 1) === slash) return { fault: "has an empty segment" };
      continue;
    }
    if (code === percent) escaped = true;
    else if (code >= 128 || plain[code] !== 1)
      return { fault: `holds a character that must be escaped, at ${index}` };
    if (code === dot && target.charCodeAt(index - 1) === slash && isDotSegment(target, index))
      return { fault: "has a dot segment" };
  }
  const raw = end === target.length ? target : target.slice(0, end);
  const query = end === target.length ? "" : target.slice(end + 1);
  const queryFault = checkQuery(query);
  if (queryFault !== undefined) return { fault: queryFault };
  return escaped ? unescapePlain(raw, query) : { path: raw, query };
}

function isDotSegment(target: string, index: number): boolean {
  const after = target.charCodeAt(index + 1) === dot ? index + 2 : index + 1;
  const code = target.charCodeAt(after);
  return Number.isNaN(code) || code === slash || code === question;
}

function checkQuery(query: string): string | undefined {
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
    if (!/^[0-9A-Fa-f]{2}$/.test(hex)) return { fault: "has a malformed escape" };
    const code = Number.parseInt(hex, 16);
    if (code < 0x20 || code === 0x7f) return { fault: "escapes a control character" };
    if (code === slash || code === 0x5c) return { fault: "escapes a slash or backslash" };
    // Decoded twice by a careless server, %252e becomes a dot.
    if (code === percent && /^[0-9A-Fa-f]{2}/.test(raw.slice(index + 3)))
      return { fault: "is escaped twice" };
    const decoded = String.fromCharCode(code);
    path += code < 128 && unreserved.test(decoded) ? decoded : `%${hex.toUpperCase()}`;
    index += 2;
  }
  let text: string;
  try {
    text = decodeURIComponent(path);
  } catch {
    return { fault: "is not UTF-8" };
  }
  if (text !== text.normalize("NFC")) return { fault: "is not in Unicode normal form C" };
  if (/[\u0080-\u009f\u2028\u2029\ufeff]/.test(text))
    return { fault: "escapes a control character" };
  for (const segment of path.split("/"))
    if (segment === "." || segment === "..") return { fault: "has a dot segment" };
  return { path, query };
}
