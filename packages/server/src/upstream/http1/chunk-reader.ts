import { mostExtensionBytes, mostExtensionsBytes, mostSizeDigits } from "./bounds.ts";
import { byteClasses, carriageReturn, inName, inValue, lineFeed } from "./byte-classes.ts";
import { faulty, unfinished } from "./head-reader.ts";

const atSize = 0;
const afterSizeLine = 1;
const inData = 2;
const afterData = 3;
const afterDataLine = 4;
/** States from here on are within extensions. */
const atExtensionName = 5;
const inExtensionName = 6;
const atExtensionValue = 7;
const inExtensionValue = 8;
const inQuoted = 9;
const afterBackslash = 10;
const afterQuoted = 11;

const quote = 34;
const semicolon = 59;
const equals = 61;
const backslash = 92;

const isOf = (kind: number, byte: number): boolean => ((byteClasses[byte] as number) & kind) !== 0;

/** The value of a hexadecimal digit; -1 for any other byte. */
function digitOf(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/**
 * Reads the chunks of a body up to its trailers (RFC 9112 section 7.1). Data is moved together
 * within the bytes that were read: a thousand chunks in one read are one piece of data.
 */
export class ChunkReader {
  fault = "";
  /** The end of the data that the last read has found; it begins where that read began. */
  dataEnd = 0;
  #state = atSize;
  #size = 0;
  #digits = 0;
  #extension = 0;
  #extensions = 0;
  #isLast = false;

  begin(): void {
    this.#state = atSize;
    this.#size = 0;
    this.#digits = 0;
    this.#extension = 0;
    this.#extensions = 0;
    this.#isLast = false;
  }

  /** @returns the place where the trailers begin, `unfinished` or `faulty` */
  read(bytes: Buffer, from: number, to: number): number {
    let at = from;
    this.dataEnd = from;
    while (at < to) {
      if (this.#state === inData) at = this.#takeData(bytes, at, to);
      else {
        if (!this.#takeByte(bytes[at] as number)) return faulty;
        at += 1;
        if (this.#isLast && this.#state === inData) return at;
      }
    }
    return unfinished;
  }

  #takeData(bytes: Buffer, at: number, to: number): number {
    const end = Math.min(to, at + this.#size);
    if (this.dataEnd !== at) bytes.copyWithin(this.dataEnd, at, end);
    this.dataEnd += end - at;
    this.#size -= end - at;
    if (this.#size === 0) this.#state = afterData;
    return end;
  }

  #takeByte(byte: number): boolean {
    switch (this.#state) {
      case atSize:
        return this.#takeSize(byte);
      case afterSizeLine:
        if (byte !== lineFeed) return this.#refuse("a CR that no LF follows");
        this.#isLast = this.#size === 0;
        this.#state = inData;
        return true;
      case afterData:
        if (byte !== carriageReturn) return this.#refuse("a chunk longer than its size");
        this.#state = afterDataLine;
        return true;
      case afterDataLine:
        if (byte !== lineFeed) return this.#refuse("a CR that no LF follows");
        this.#state = atSize;
        this.#digits = 0;
        return true;
      default:
        return this.#takeExtension(byte);
    }
  }

  #takeSize(byte: number): boolean {
    const digit = digitOf(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      this.#digits += 1;
      return this.#digits <= mostSizeDigits || this.#refuse("a chunk size of too many digits");
    }
    if (this.#digits === 0) return this.#refuse("a chunk without a size");
    if (byte === carriageReturn) this.#state = afterSizeLine;
    else if (byte === semicolon) {
      this.#state = atExtensionName;
      this.#extension = 0;
    } else return this.#refuse("a byte that no chunk size has");
    return true;
  }

  /** Must be read over where it is not known (RFC 9112 section 7.1.1). */
  #takeExtension(byte: number): boolean {
    this.#extension += 1;
    this.#extensions += 1;
    if (this.#extension > mostExtensionBytes || this.#extensions > mostExtensionsBytes)
      return this.#refuse("too large chunk extensions");
    const next = afterExtensionByte(this.#state, byte);
    if (next === undefined) return this.#refuse("no chunk extension");
    this.#state = next;
    return true;
  }

  #refuse(fault: string): false {
    this.fault = fault;
    return false;
  }
}

/** The state behind a byte of an extension, `;name` or `;name=value`; undefined where there is none. */
function afterExtensionByte(state: number, byte: number): number | undefined {
  switch (state) {
    case atExtensionName:
      return isOf(inName, byte) ? inExtensionName : undefined;
    case inExtensionName:
      if (byte === equals) return atExtensionValue;
      return isOf(inName, byte) ? state : behindExtension(byte);
    case atExtensionValue:
      if (byte === quote) return inQuoted;
      return isOf(inName, byte) ? inExtensionValue : undefined;
    case inExtensionValue:
      return isOf(inName, byte) ? state : behindExtension(byte);
    case afterBackslash:
      return isOf(inValue, byte) ? inQuoted : undefined;
    case inQuoted:
      if (byte === quote) return afterQuoted;
      if (byte === backslash) return afterBackslash;
      return isOf(inValue, byte) ? state : undefined;
    default:
      return behindExtension(byte);
  }
}

function behindExtension(byte: number): number | undefined {
  if (byte === semicolon) return atExtensionName;
  return byte === carriageReturn ? afterSizeLine : undefined;
}
