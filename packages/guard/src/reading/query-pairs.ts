/** A name and a value, decoded once. */
export interface Pair {
  readonly name: string;
  readonly value: string;
}

/**
 * Reads `a=1&b=2` (application/x-www-form-urlencoded): `+` is a blank, escapes are UTF-8. Undefined
 * when an escape is malformed or there are more pairs than `most`. Semicolons are text: servers
 * that split at them see other pairs, so they must be escaped.
 */
export function readPairs(text: string, most: number): Pair[] | undefined {
  if (text === "") return [];
  const pairs: Pair[] = [];
  let from = 0;
  while (from <= text.length) {
    let to = text.indexOf("&", from);
    if (to === -1) to = text.length;
    const part = text.slice(from, to);
    from = to + 1;
    // Between two ampersands, or behind the last, is nothing to any program.
    if (part === "") continue;
    if (pairs.length >= most) return undefined;
    const pair = readPair(part);
    if (pair === undefined) return undefined;
    pairs.push(pair);
  }
  return pairs;
}

function readPair(part: string): Pair | undefined {
  if (part.includes(";")) return undefined;
  const equals = part.indexOf("=");
  const name = decode(equals === -1 ? part : part.slice(0, equals));
  const value = decode(equals === -1 ? "" : part.slice(equals + 1));
  return name === undefined || value === undefined || name === "" ? undefined : { name, value };
}

function decode(text: string): string | undefined {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return undefined;
  }
}
