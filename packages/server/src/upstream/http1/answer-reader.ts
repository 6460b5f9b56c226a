import { mostInterim } from "./bounds.ts";
import { ChunkReader } from "./chunk-reader.ts";
import { type ReadFraming, readFraming } from "./framing.ts";
import { faulty, HeadReader, unfinished } from "./head-reader.ts";

/** Told of one answer, in order: head, data, end; or that the connection leaves HTTP. */
export interface AnswerTaker {
  takeHead(status: number, fields: string[]): void;
  /** The bytes are those that were read, and are read into again: what is kept is copied. */
  takeData(bytes: Buffer, from: number, to: number): void;
  takeEnd(trailers: string[]): void;
  /** RFC 9110 section 15.2.2, and only where it was asked for. */
  takeSwitch(fields: string[]): void;
}

export interface Expected {
  /** The answer to a HEAD has no body, whatever its fields say. */
  readonly isHead: boolean;
  readonly mayUpgrade: boolean;
}

const noAnswer = 0;
const inHead = 1;
const inLength = 2;
const inChunks = 3;
const inTrailers = 4;
const untilClosed = 5;

const noTrailers: string[] = [];

/**
 * Reads one answer after the other from what a connection brings, strictly: what can be read in two
 * ways is none. How the bytes are cut makes no difference.
 */
export class AnswerReader {
  /** Why what came is no answer. */
  fault = "";
  /** Whether the connection can carry another answer; known when the head has come. */
  reusable = false;
  keepSeconds: number | undefined;
  readonly #taker: AnswerTaker;
  readonly #head = new HeadReader();
  readonly #chunks = new ChunkReader();
  #expected: Expected = { isHead: false, mayUpgrade: false };
  #phase = noAnswer;
  /** Bytes of the body that are to come. */
  #left = 0;
  #interim = 0;

  constructor(taker: AnswerTaker) {
    this.#taker = taker;
  }

  begin(expected: Expected): void {
    this.#expected = expected;
    this.#phase = inHead;
    this.#interim = 0;
    this.reusable = false;
    this.keepSeconds = undefined;
    this.#head.beginAnswer();
  }

  /** Nobody waits for the rest: nothing more is told. */
  stop(): void {
    this.#phase = noAnswer;
  }

  /** Whether an answer is to come or has not come to its end. */
  get isReading(): boolean {
    return this.#phase !== noAnswer;
  }

  /** Whether anything of it has come. */
  get isBegun(): boolean {
    return this.#phase !== inHead || this.#interim > 0 || this.#head.isBegun;
  }

  /** @returns the place behind what was read, `to` where more is to come; or `faulty` */
  read(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && this.#phase !== noAnswer) {
      at = this.#step(bytes, at, to);
      if (at === faulty) this.#phase = noAnswer;
      if (at === faulty || at === unfinished) return at === faulty ? faulty : to;
    }
    return at;
  }

  /** The connection has ended. @returns whether that is the end of the answer */
  endsWithConnection(): boolean {
    if (this.#phase !== untilClosed) return false;
    this.#end(noTrailers);
    return true;
  }

  #step(bytes: Buffer, at: number, to: number): number {
    switch (this.#phase) {
      case inHead:
        return this.#readHead(bytes, at, to);
      case inLength:
        return this.#readLength(bytes, at, to);
      case inChunks:
        return this.#readChunks(bytes, at, to);
      case inTrailers:
        return this.#readTrailers(bytes, at, to);
      default:
        this.#taker.takeData(bytes, at, to);
        return to;
    }
  }

  #readHead(bytes: Buffer, from: number, to: number): number {
    const head = this.#head;
    const at = head.read(bytes, from, to);
    if (at === unfinished) return at;
    if (at === faulty) return this.#refuse(head.fault);
    const { fields, status } = head;
    if (status < 100 || status > 599) return this.#refuse(`status ${status}`);
    if (status === 101) return this.#switch(fields, at);
    if (status < 200) {
      this.#interim += 1;
      head.beginAnswer();
      return this.#interim > mostInterim
        ? this.#refuse(`more than ${mostInterim} interim answers`)
        : at;
    }
    const framed = readFraming(head, this.#expected.isHead);
    if (typeof framed === "string") return this.#refuse(framed);
    this.#beginBody(status, fields, framed);
    return at;
  }

  #switch(fields: string[], at: number): number {
    if (!this.#expected.mayUpgrade)
      return this.#refuse("a switch of protocols that nobody asked for");
    this.#phase = noAnswer;
    this.#taker.takeSwitch(fields);
    return at;
  }

  #beginBody(
    status: number,
    fields: string[],
    { framing, keepSeconds, reusable }: ReadFraming,
  ): void {
    this.reusable = reusable;
    this.keepSeconds = keepSeconds;
    if (framing.ends === "by length") {
      this.#left = framing.length;
      this.#phase = inLength;
    } else if (framing.ends === "by chunks") {
      this.#chunks.begin();
      this.#phase = inChunks;
    } else this.#phase = untilClosed;
    this.#taker.takeHead(status, fields);
    // Whoever was told may have stopped it.
    if (framing.ends === "at once" && this.#phase !== noAnswer) this.#end(noTrailers);
  }

  #readLength(bytes: Buffer, from: number, to: number): number {
    const end = Math.min(to, from + this.#left);
    this.#left -= end - from;
    this.#taker.takeData(bytes, from, end);
    if (this.#left === 0 && this.#phase !== noAnswer) this.#end(noTrailers);
    return end;
  }

  #readChunks(bytes: Buffer, from: number, to: number): number {
    const chunks = this.#chunks;
    const at = chunks.read(bytes, from, to);
    if (at === faulty) return this.#refuse(chunks.fault);
    if (at !== unfinished) {
      this.#phase = inTrailers;
      this.#head.beginTrailers();
    }
    if (chunks.dataEnd > from) this.#taker.takeData(bytes, from, chunks.dataEnd);
    return at;
  }

  #readTrailers(bytes: Buffer, from: number, to: number): number {
    const at = this.#head.read(bytes, from, to);
    if (at === faulty) return this.#refuse(this.#head.fault);
    if (at !== unfinished) this.#end(this.#head.fields);
    return at;
  }

  #end(trailers: string[]): void {
    this.#phase = noAnswer;
    this.#taker.takeEnd(trailers);
  }

  #refuse(fault: string): number {
    this.fault = fault;
    return faulty;
  }
}
