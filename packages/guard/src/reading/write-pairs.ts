import { readPairs } from "./query-pairs.ts";

/** How a blank is written: a query escapes it (RFC 3986), a form has a plus for it. */
export type Blank = "%20" | "+";

/**
 * What stands in a name or a value as it is: what RFC 3986 allows in a query, but for the plus,
 * which is a blank to some programs, and the equals sign, at which some divide once more. Brackets
 * are what apps send.
 */
const asItIs = /^[A-Za-z0-9\-._~!$'()*,:@/?[\]]*$/;
/** A sign that is written otherwise; a search for it needs no stack, however long the text is. */
const notWritten =
  /[^A-Za-z0-9\-._~!$'()*,:@/?[\]%]|%(?!(?:[0189A-F][0-9A-F]|2[0-9A-CF]|3[A-F]|40|5[B-E]|60|7[B-DF]))/;
const other = /%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$'()*,:@/?[\]]/g;
const unreserved = /[A-Za-z0-9\-._~]/;

const mostPairs = 1000;

/**
 * Writes `a=1&b=2` in the one spelling that every program reads alike: each pair with one equals
 * sign, escapes in capitals and only where they are needed, and no pair of nothing. Order, undeclared names and escapes that
 * mean something (`%2F`, `%2C`) stay. Undefined where the text cannot be read in one way; the text
 * itself where it is written so already.
 */
export function writePairs(text: string, blank: Blank): string | undefined {
  if (text === "" || isWritten(text, blank)) return text;
  if (readPairs(text, mostPairs) === undefined) return undefined;
  return text
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const name = equals === -1 ? pair : pair.slice(0, equals);
      const value = equals === -1 ? "" : pair.slice(equals + 1);
      return `${writePart(name, blank)}=${writePart(value, blank)}`;
    })
    .join("&");
}

/** One name or value again, decoded or not, in the same spelling. */
const writePart = (text: string, blank: Blank): string =>
  text.replaceAll(other, (sent, hex: string | undefined) => {
    if (sent === "+") return blank;
    if (hex === undefined) return encodeURIComponent(sent);
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return unreserved.test(character) ? character : `%${hex.toUpperCase()}`;
  });

function isWritten(text: string, blank: Blank): boolean {
  for (const pair of text.split("&")) {
    const equals = pair.indexOf("=");
    if (equals < 1) return false;
    if (!isWrittenPart(pair.slice(0, equals), blank)) return false;
    if (!isWrittenPart(pair.slice(equals + 1), blank)) return false;
  }
  // Escapes that are no UTF-8 have no reading.
  return !text.includes("%") || readPairs(text, mostPairs) !== undefined;
}

const isWrittenPart = (part: string, blank: Blank): boolean =>
  asItIs.test(part) ||
  !notWritten.test(blank === "+" && part.includes("+") ? part.replaceAll("+", "") : part);

/**
 * Writes the values of some pairs otherwise. @param text as `writePairs` has written it @param
 * respellOf for a decoded name, what its values are written by
 */
export function respellPairs(
  text: string,
  respellOf: (name: string) => ((raw: string) => string) | undefined,
): string {
  if (text === "") return text;
  return text
    .split("&")
    .map((pair) => {
      const equals = pair.indexOf("=");
      const name = decodeURIComponent(pair.slice(0, equals).replaceAll("+", " "));
      const respell = respellOf(name);
      return respell === undefined
        ? pair
        : `${pair.slice(0, equals)}=${respell(pair.slice(equals + 1))}`;
    })
    .join("&");
}
