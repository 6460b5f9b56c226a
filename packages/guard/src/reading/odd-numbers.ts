import { isKeptByDouble, plainInteger } from "./plain-number.ts";

/**
 * A number of a JSON text whose spelling programs read differently: a whole number that is not
 * written plainly (`1e2`, `7.0`), or one of more digits than a double keeps.
 */
export interface OddNumber {
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
/** A number, or the quote that opens a string, in which nothing is a number. */
const numberOrQuote = /"|-?\d[\d.eE+-]*/g;

function readOdd(source: string): OddNumber | undefined {
  const plain = plainInteger(source);
  const kept = isKeptByDouble(source);
  return kept && (plain === undefined || plain === source) ? undefined : { source, plain, kept };
}

/** How many odd numbers a text has of those that are not written as they would go on. */
export interface OddCount {
  readonly odd: number;
  readonly respelled: number;
}

const none: OddCount = Object.freeze({ odd: 0, respelled: 0 });

/** @param text well-formed JSON @param most counting ends behind as many */
export function countOddNumbers(text: string, most: number): OddCount {
  if (!mayBeOdd.test(text)) return none;
  let odd = 0;
  let respelled = 0;
  for (const found of numbersOf(text)) {
    if (!mayBeOdd.test(found)) continue;
    const read = readOdd(found);
    if (read === undefined) continue;
    odd += 1;
    if (read.plain !== found) respelled += 1;
    if (respelled > most) break;
  }
  return { odd, respelled };
}

/**
 * The numbers of a JSON text. Strings are passed over by a loop: an expression that matched them
 * would need a stack as deep as a photograph in one is long.
 */
function* numbersOf(text: string): Generator<string> {
  let from = 0;
  for (;;) {
    numberOrQuote.lastIndex = from;
    const found = numberOrQuote.exec(text);
    if (found === null) return;
    from = numberOrQuote.lastIndex;
    if (found[0] === '"') from = behindString(text, from);
    else yield found[0];
  }
}

/** Where the text goes on behind the string that was opened before `from`. */
function behindString(text: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x22) return index + 1;
    if (code === 0x5c) index += 1;
  }
  return text.length;
}

/** A number that JSON.parse does not give back as it was written. */
export class WrittenNumber {
  readonly source: string;
  readonly odd: OddNumber | undefined;

  constructor(source: string) {
    this.source = source;
    this.odd = readOdd(source);
  }

  /** For JSON.stringify: whole numbers plainly, others as they were written. */
  toRawJson(): unknown {
    return json.rawJSON(this.odd?.plain ?? this.source);
  }
}

/** The value of a JSON text, in which numbers stand as they were written where that matters. */
export const parseWritten = (text: string): unknown =>
  json.parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && source !== String(value)
      ? new WrittenNumber(source)
      : value,
  );

/**
 * Whether a JSON text within a parameter or a form field has a number that would have to be written
 * otherwise.
 */
export const holdsOtherSpelling = (text: string): boolean => countOddNumbers(text, 0).respelled > 0;
