/** One element of DER (X.690): its tag, its content, and all of it with its head. */
export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  sequence: 0x30,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

const mostLengthBytes = 4;

/** @throws RangeError where it is no DER */
export function readElement(bytes: Buffer, at = 0): Element {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f)
    throw new RangeError("it ends in the middle, or has a long tag");
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > mostLengthBytes)
    throw new RangeError("it has a length that DER does not allow");
  const begin = at + 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : lengthOf(bytes.subarray(at + 2, begin), lengthBytes);
  if (begin + length > bytes.length) throw new RangeError("it ends in the middle");
  return {
    tag,
    content: bytes.subarray(begin, begin + length),
    whole: bytes.subarray(at, begin + length),
  };
}

const lengthOf = (bytes: Buffer, count: number): number =>
  bytes.length < count ? Infinity : bytes.readUIntBE(0, count);

/** The elements within a content, in their order. */
export function readElements(content: Buffer): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < content.length; ) {
    const element = readElement(content, at);
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

/** The elements of a sequence. @throws RangeError where it is none */
export function sequenceOf(element: Element | undefined): Element[] {
  if (element?.tag !== tags.sequence) throw new RangeError("it lacks a part");
  return readElements(element.content);
}

/** An object identifier in its dotted form. */
export function oidOf(element: Element | undefined): string {
  if (element?.tag !== tags.oid) throw new RangeError("it lacks a name of what it holds");
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of element.content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [first = 0, ...rest] = arcs;
  const root = Math.min(Math.floor(first / 40), 2);
  return [root, first - root * 40, ...rest].join(".");
}

/** A time in seconds since 1970 (RFC 5280 section 4.1.2.5). @throws RangeError */
export function timeOf({ content, tag }: Element): number {
  const text = content.toString("latin1");
  const digits = /^(\d{2,4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  const [, year = "", month = "", day = "", hour = "", minute = "", second = ""] = digits ?? [];
  const isShort = tag === tags.utcTime;
  if (digits === null || year.length !== (isShort ? 2 : 4))
    throw new RangeError("it has a time that cannot be read");
  const whole = isShort ? Number(year) + (Number(year) < 50 ? 2000 : 1900) : Number(year);
  return (
    Date.UTC(whole, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) /
    1000
  );
}

/** A positive whole number in capital hexadecimal digits, without zeros before it. */
export const hexOf = ({ content }: Element): string => plainHex(content.toString("hex"));

export const plainHex = (digits: string): string => digits.toUpperCase().replace(/^0+(?=.)/, "");

export interface Extension {
  readonly oid: string;
  readonly isCritical: boolean;
  readonly value: Buffer;
}

/** Extensions (RFC 5280 section 4.1.2.9), of a sequence of them. */
export const extensionsIn = (element: Element | undefined): readonly Extension[] =>
  element === undefined
    ? []
    : sequenceOf(element).map((one) => {
        const [oid, ...rest] = sequenceOf(one);
        const value = rest.at(-1);
        if (value?.tag !== tags.octets) throw new RangeError("an extension holds nothing");
        const isCritical = rest[0]?.tag === tags.boolean && rest[0].content[0] !== 0;
        return { oid: oidOf(oid), isCritical, value: value.content };
      });
