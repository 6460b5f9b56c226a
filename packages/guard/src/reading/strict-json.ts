/**
 * Why a text is not read: `malformed` is no JSON at all, `ambiguous` is JSON that two programs
 * could read differently.
 */
export interface UnreadJson {
  readonly unread: "malformed" | "ambiguous";
  readonly detail: string;
}

const mostDepth = 64;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const unread = (kind: UnreadJson["unread"], detail: string): UnreadJson => ({
  unread: kind,
  detail,
});

/**
 * Reads JSON (RFC 8259) only where every program would read the same (RFC 7493): UTF-8, each member
 * once, numbers that are numbers in every language, no lone surrogates, bounded depth. `{ value }`
 * or the reason.
 */
export function readStrictJson(
  bytes: Uint8Array,
): { readonly value: unknown; readonly text: string } | UnreadJson {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return unread("ambiguous", "it is not UTF-8");
  }
  return readStrictJsonText(text);
}

export function readStrictJsonText(
  text: string,
): { readonly value: unknown; readonly text: string } | UnreadJson {
  const scanned = scan(text);
  if (typeof scanned === "object") return scanned;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unread("malformed", "it is not JSON");
  }
  if (value === Infinity || value === -Infinity) holdsInfinity = true;
  // JSON.parse keeps the last of two members of one name, other parsers the first.
  if (typeof value === "object" && value !== null && countMembers(value) !== scanned)
    return unread("ambiguous", "a member stands twice in one object");
  return holdsInfinity
    ? unread("ambiguous", "a number is too large for a double")
    : { value, text };
}

/** Set by countMembers, which passes every value anyway. */
let holdsInfinity = false;

/**
 * Counts the members written, or says why the text is not read further. Malformed text may pass:
 * JSON.parse judges it.
 */
function scan(text: string): number | UnreadJson {
  holdsInfinity = false;
  let members = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case 0x22: {
        const end = stringEnd(text, index + 1);
        if (typeof end === "object") return end;
        index = end;
        break;
      }
      case 0x3a:
        members += 1;
        break;
      case 0x7b:
      case 0x5b:
        depth += 1;
        if (depth > mostDepth) return unread("ambiguous", `it is nested deeper than ${mostDepth}`);
        break;
      case 0x7d:
      case 0x5d:
        depth -= 1;
        break;
      default:
    }
  }
  return members;
}

/**
 * The closing quote of a string, the text's end where there is none, or why it has two readings.
 * Read sign by sign: V8 takes `indexOf` for free of effects, and its compiler moves one that stands
 * behind a condition before it, so that a list of numbers would be searched to its end at each sign.
 *
 * @param from behind its opening quote
 */
function stringEnd(text: string, from: number): number | UnreadJson {
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x22) return index;
    if (code === 0x5c) return escapedStringEnd(text, index);
  }
  return text.length;
}

/** The closing quote of a string with escapes, or why its surrogates have two readings. */
function escapedStringEnd(text: string, from: number): number | UnreadJson {
  let awaitsLow = false;
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x5c && text.charCodeAt(index + 1) === 0x75) {
      const unit = Number.parseInt(text.slice(index + 2, index + 6), 16);
      const isLow = unit >= 0xdc00 && unit <= 0xdfff;
      if (isLow !== awaitsLow) return unread("ambiguous", "a surrogate stands alone");
      awaitsLow = unit >= 0xd800 && unit <= 0xdbff;
      index += 5;
      continue;
    }
    if (awaitsLow) return unread("ambiguous", "a surrogate stands alone");
    if (code === 0x5c) index += 1;
    else if (code === 0x22) return index;
  }
  return text.length;
}

function countMembers(value: object): number {
  return Array.isArray(value)
    ? countMembersOfItems(value as readonly unknown[])
    : countMembersOfObject(value as Readonly<Record<string, unknown>>);
}

function countMembersOfItems(items: readonly unknown[]): number {
  let count = 0;
  for (const item of items) {
    if (typeof item === "object" && item !== null) count += countMembers(item);
    else if (item === Infinity || item === -Infinity) holdsInfinity = true;
  }
  return count;
}

function countMembersOfObject(value: Readonly<Record<string, unknown>>): number {
  let count = 0;
  for (const key of Object.keys(value)) {
    count += 1;
    const part = value[key];
    if (typeof part === "object" && part !== null) count += countMembers(part);
    else if (part === Infinity || part === -Infinity) holdsInfinity = true;
  }
  return count;
}
