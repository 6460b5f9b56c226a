import { type Pair, readPairs } from "../reading/query-pairs.ts";

/**
 * What a request sends at the places where parameters stand, decoded. The contract, owner rules and
 * sealed ids all read parameters through here, so that none of them sees another value.
 */

/** More parameters than any operation has. */
const mostPairs = 500;

/** A segment of the canonical path, in which every escape is known to decode. */
export const decodeSegment = (raw: string): string =>
  raw.includes("%") ? decodeURIComponent(raw) : raw;

/** Undefined when the query cannot be read in one way. */
export const sentQuery = (query: string): readonly Pair[] | undefined =>
  readPairs(query, mostPairs);

/** Header fields whose names (in lower case) are asked for, in the order they were sent. */
export function sentFields(
  rawHeaders: readonly string[],
  isWanted: (lowerName: string) => boolean,
): readonly Pair[] {
  const pairs: Pair[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (isWanted(name)) pairs.push({ name, value: rawHeaders[index + 1] as string });
  }
  return pairs;
}

/** Cookies of the Cookie field. */
export function sentCookies(cookie: string | undefined): readonly Pair[] {
  if (cookie === undefined) return [];
  return cookie
    .split(";")
    .slice(0, mostPairs)
    .flatMap((part) => {
      const equals = part.indexOf("=");
      if (equals === -1) return [];
      return [{ name: part.slice(0, equals).trim(), value: part.slice(equals + 1).trim() }];
    });
}

/**
 * The same cookies as programs see them that decode their values: Express and PHP undo escapes,
 * Python takes quotes away. Undefined where no value has such a second reading.
 */
export function decodedCookies(cookies: readonly Pair[]): readonly Pair[] | undefined {
  const decoded = cookies.map(decodeCookie);
  return decoded.some((pair, index) => pair !== cookies[index]) ? decoded : undefined;
}

function decodeCookie(pair: Pair): Pair {
  const unquoted = /^"(.*)"$/s.exec(pair.value)?.[1] ?? pair.value;
  const value = unquoted.includes("%") ? unescapeLoosely(unquoted) : unquoted;
  return value === pair.value ? pair : { name: pair.name, value };
}

/** What is no escape stays as it is, as those programs leave it. */
function unescapeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
