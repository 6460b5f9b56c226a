import { isKeptByDouble, plainInteger } from "./plain-number.ts";

/**
 * A number of a JSON text whose spelling programs read differently: a whole number that is not
 * written plainly (`1e2`, `7.0`), or one of more digits than a double keeps.
 */
export interface OddNumber {
  /** Where it stands: names of members and indexes of elements. */
  readonly tokens: readonly string[];
  readonly source: string;
  /** The plain spelling of a whole number; undefined for a fraction. */
  readonly plain: string | undefined;
  /** Whether a double keeps it; if not, programs that read doubles see another number. */
  readonly kept: boolean;
}

interface ExactJson {
  rawJSON(source: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
}
const json = JSON as unknown as ExactJson;

/** Cheap, and true for some texts without an odd number: blanks in dates, digits in strings. */
const mayBeOdd = /\d[\d.]{15}|\d[eE]|\.0+(?!\d)|-0(?![\d.])/;
/** Strings, so that nothing in them is taken for a number, and numbers. */
const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs;

const isOdd = (source: string): boolean => {
  const plain = plainInteger(source);
  return plain === undefined
    ? !isKeptByDouble(source)
    : plain !== source || !isKeptByDouble(source);
};

class Written {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** The odd numbers of a JSON text that has been read; undefined where there is none. */
export function findOddNumbers(text: string): readonly OddNumber[] | undefined {
  if (!mayBeOdd.test(text) || !holdsOdd(text)) return undefined;
  const found: OddNumber[] = [];
  const walk = (value: unknown, tokens: readonly string[]): void => {
    if (value instanceof Written) {
      const { source } = value;
      found.push({ tokens, source, plain: plainInteger(source), kept: isKeptByDouble(source) });
    } else if (typeof value === "object" && value !== null)
      for (const [name, part] of Object.entries(value)) walk(part, [...tokens, name]);
  };
  walk(
    json.parse(text, (_key, value, { source }) =>
      typeof value === "number" && source !== undefined && isOdd(source)
        ? new Written(source)
        : value,
    ),
    [],
  );
  return found.length === 0 ? undefined : found;
}

function holdsOdd(text: string): boolean {
  for (const [found] of text.matchAll(token))
    if (found.charCodeAt(0) !== 0x22 && isOdd(found)) return true;
  return false;
}

/** The text again, each whole number plainly, and every other number as it was written. */
export function writePlainNumbers(text: string): string {
  return JSON.stringify(
    json.parse(text, (_key, value, { source }) => {
      if (typeof value !== "number" || source === undefined) return value;
      const written = plainInteger(source) ?? source;
      return written === String(value) ? value : json.rawJSON(written);
    }),
  );
}

/**
 * Whether a JSON text within a parameter or a form field has a number that would have to be written
 * otherwise.
 */
export const holdsOtherSpelling = (text: string): boolean =>
  findOddNumbers(text)?.some(({ plain, source }) => plain !== source) === true;
