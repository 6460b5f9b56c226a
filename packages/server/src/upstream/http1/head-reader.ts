import { mostFields, mostHeadBytes, mostLineBytes } from "./bounds.ts";
import {
  byteClasses,
  carriageReturn,
  colon,
  inName,
  inValue,
  lineFeed,
  space,
  tab,
} from "./byte-classes.ts";

/** More bytes are needed. */
export const unfinished = -1;
/** What came is none; `fault` says why. */
export const faulty = -2;

/** Where in a head the next byte stands. */
const inStatus = 0;
const inReason = 1;
const afterLine = 2;
const atLine = 3;
const inFieldName = 4;
const beforeValue = 5;
const inFieldValue = 6;
const afterAll = 7;
const atEnd = 8;

/** Two digits stand for any. RFC 9112 section 4: the space behind the code is no option. */
const statusTemplate = Buffer.from("HTTP/1.1 200 ", "latin1");
const minorAt = 7;
const codeAt = 9;
const codeEnd = 12;

function fitsStatus(byte: number, place: number): boolean {
  if (place === minorAt) return byte === 48 || byte === 49;
  if (place >= codeAt && place < codeEnd) return byte >= 48 && byte <= 57;
  return byte === statusTemplate[place];
}

/** The first place from there on whose byte is not of the class. */
function endOf(kind: number, bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && ((byteClasses[bytes[at] as number] as number) & kind) !== 0) at += 1;
  return at;
}

/**
 * Reads the head of an answer, or the trailers behind a body, byte after byte: what it makes of them
 * does not depend on how they were cut. Lines end with CR LF and nothing else, no line is folded,
 * and a name is followed by its colon (RFC 9112 sections 2.2, 4 and 5).
 */
export class HeadReader {
  /** Why what came is no head. */
  fault = "";
  status = 0;
  /** Of HTTP/1: 0 or 1. */
  minor = 1;
  /** Flat: name, value, as they came. */
  fields: string[] = [];
  #state = inStatus;
  /** Bytes that earlier reads have brought of this head. */
  #length = 0;
  #carried: Buffer | undefined;
  /** What is added to a place of this read to make it one of the head. */
  #before = 0;
  #lineStart = 0;
  /** Of each field: where its name begins and ends, and where its value does. */
  readonly #marks = new Int32Array(mostFields * 4);
  #mark = 0;

  beginAnswer(): void {
    this.#begin(inStatus);
  }

  beginTrailers(): void {
    this.#begin(atLine);
  }

  /** Whether earlier reads have brought some of it. */
  get isBegun(): boolean {
    return this.#length > 0;
  }

  /** @returns the place behind its last byte, `unfinished` or `faulty` */
  read(bytes: Buffer, from: number, to: number): number {
    this.#before = this.#length - from;
    let at = from;
    while (at < to) {
      at = this.#step(bytes, at, to);
      if (at === faulty) return faulty;
      const place = at + this.#before;
      if (place > mostHeadBytes) return this.#refuse(`more than ${mostHeadBytes} bytes`);
      if (place - this.#lineStart > mostLineBytes)
        return this.#refuse(`a line of more than ${mostLineBytes} bytes`);
      if (this.#state === atEnd) {
        this.#takeFields(bytes, from, at);
        return at;
      }
    }
    this.#carry(bytes, from, to);
    return unfinished;
  }

  #begin(state: number): void {
    this.#state = state;
    this.#length = 0;
    this.#carried = undefined;
    this.#lineStart = 0;
    this.#mark = 0;
  }

  #step(bytes: Buffer, at: number, to: number): number {
    const byte = bytes[at] as number;
    switch (this.#state) {
      case inStatus:
        return this.#takeStatus(byte, at);
      case inReason:
        return this.#takeReason(bytes, at, to);
      case atLine:
        return this.#takeLineStart(byte, at);
      case inFieldName:
        return this.#takeName(bytes, at, to);
      case beforeValue:
        return this.#takeBlank(byte, at);
      case inFieldValue:
        return this.#takeValue(bytes, at, to);
      default:
        return this.#takeLineFeed(byte, at);
    }
  }

  #takeStatus(byte: number, at: number): number {
    const place = at + this.#before;
    if (!fitsStatus(byte, place)) return this.#refuse("no status line of HTTP/1");
    if (place === minorAt) this.minor = byte - 48;
    else if (place === codeAt) this.status = byte - 48;
    else if (place > codeAt && place < codeEnd) this.status = this.status * 10 + byte - 48;
    else if (place === codeEnd) this.#state = inReason;
    return at + 1;
  }

  #takeReason(bytes: Buffer, from: number, to: number): number {
    const at = endOf(inValue, bytes, from, to);
    if (at === to) return at;
    if (bytes[at] !== carriageReturn) return this.#refuse("a byte that no reason has");
    this.#state = afterLine;
    return at + 1;
  }

  #takeLineStart(byte: number, at: number): number {
    this.#lineStart = at + this.#before;
    if (byte === carriageReturn) {
      this.#state = afterAll;
      return at + 1;
    }
    if (((byteClasses[byte] as number) & inName) === 0)
      return this.#refuse(byte === space || byte === tab ? "a folded line" : "a field of no name");
    if (this.#mark === mostFields * 4) return this.#refuse(`more than ${mostFields} fields`);
    this.#setMark(at);
    this.#state = inFieldName;
    return at + 1;
  }

  #takeName(bytes: Buffer, from: number, to: number): number {
    const at = endOf(inName, bytes, from, to);
    if (at === to) return at;
    if (bytes[at] !== colon) return this.#refuse("a name that its colon does not follow");
    this.#setMark(at);
    this.#state = beforeValue;
    return at + 1;
  }

  /** White space before a value is not part of it. */
  #takeBlank(byte: number, at: number): number {
    if (byte === space || byte === tab) return at + 1;
    this.#setMark(at);
    this.#state = inFieldValue;
    return at;
  }

  #takeValue(bytes: Buffer, from: number, to: number): number {
    const at = endOf(inValue, bytes, from, to);
    if (at === to) return at;
    if (bytes[at] !== carriageReturn) return this.#refuse("a byte that no value has");
    this.#setMark(at);
    this.#state = afterLine;
    return at + 1;
  }

  #takeLineFeed(byte: number, at: number): number {
    if (byte !== lineFeed) return this.#refuse("a CR that no LF follows");
    this.#state = this.#state === afterAll ? atEnd : atLine;
    return at + 1;
  }

  #setMark(at: number): void {
    this.#marks[this.#mark] = at + this.#before;
    this.#mark += 1;
  }

  #carry(bytes: Buffer, from: number, to: number): void {
    const whole = this.#length + to - from;
    if (this.#carried === undefined || this.#carried.length < whole) {
      const larger = Buffer.allocUnsafeSlow(Math.max(1024, whole * 2));
      this.#carried?.copy(larger, 0, 0, this.#length);
      this.#carried = larger;
    }
    bytes.copy(this.#carried, this.#length, from, to);
    this.#length = whole;
  }

  #takeFields(bytes: Buffer, from: number, end: number): void {
    const fields: string[] = [];
    this.fields = fields;
    if (this.#mark === 0) return;
    const carried =
      this.#carried === undefined ? "" : this.#carried.toString("latin1", 0, this.#length);
    const text = carried + bytes.toString("latin1", from, end);
    const marks = this.#marks;
    for (let mark = 0; mark < this.#mark; mark += 4) {
      fields.push(text.slice(marks[mark], marks[mark + 1]));
      fields.push(withoutBlanksBehind(text, marks[mark + 2] as number, marks[mark + 3] as number));
    }
  }

  #refuse(fault: string): number {
    this.fault = fault;
    return faulty;
  }
}

function withoutBlanksBehind(text: string, from: number, to: number): string {
  let end = to;
  while (end > from) {
    const code = text.charCodeAt(end - 1);
    if (code !== space && code !== tab) break;
    end -= 1;
  }
  return text.slice(from, end);
}
