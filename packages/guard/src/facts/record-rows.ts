/**
 * Memory in which one thread leaves its records for another: rows of one size, and beside them the
 * texts that rows point to. Plain data, so that it travels.
 */
export interface SharedRecords {
  readonly memory: SharedArrayBuffer;
  /** Powers of two. */
  readonly rows: number;
  readonly textBytes: number;
}

/** Counters at the head of the memory. They rise for ever and wrap at 2^32. */
export const counter = { rowsWritten: 0, rowsRead: 1, textRead: 2 } as const;
const headBytes = 64;

/** Words of four bytes that a row has; some are free for fields to come. */
export const rowWords = 64;

/** What a row is: a record, or a name that later rows say by its number. */
export const rowKinds = { record: 0, name: 1 } as const;

/** Words of a row, each by what stands in it. Numbers of eight bytes stand in `number`. */
export const word = {
  kind: 16,
  outcome: 17,
  status: 18,
  upstreamStatus: 19,
  /** Names, by number; zero is none. Of a row that is a name: its own number. */
  operation: 20,
  method: 21,
  path: 22,
  apiVersion: 23,
  app: 24,
  appVersion: 25,
  code: 26,
  /** Where the row's texts begin, and how long each is; -1 is none. */
  textAt: 27,
  textEnd: 28,
  addressBytes: 29,
  subjectBytes: 30,
  clientBytes: 31,
  restBytes: 32,
  /** 1 where the caller was known. */
  signedIn: 33,
  /** Behind the client's text. */
  deviceBytes: 34,
  /** 1 where the caller's credential is bound to a key. */
  bound: 35,
  /** Of the signal: 0 is a record without one. */
  signal: 62,
  shape: 63,
} as const;

/** Numbers of eight bytes at the beginning of a row, by their place. */
export const number = {
  timeMs: 0,
  durationMs: 1,
  upstreamMs: 2,
  answerBytes: 3,
  /** Keyed hashes of the signal. */
  target: 24,
  address: 25,
  network: 26,
  device: 27,
  subject: 28,
  object: 29,
} as const;

/** A trace id is 32 letters, one byte each. */
export const traceAtByte = 32;
export const traceBytes = 32;

export const outcomes = ["passed", "refused", "failed"] as const;

/** The same memory, as each side looks at it. */
export class RecordMemory {
  readonly counters: Int32Array;
  readonly words: Int32Array;
  readonly numbers: Float64Array;
  readonly bytes: Buffer;
  readonly texts: Buffer;
  readonly rows: number;
  readonly textBytes: number;

  constructor({ memory, rows, textBytes }: SharedRecords) {
    const rowBytes = rows * rowWords * 4;
    this.counters = new Int32Array(memory, 0, headBytes / 4);
    this.words = new Int32Array(memory, headBytes, rows * rowWords);
    this.numbers = new Float64Array(memory, headBytes, (rows * rowWords) / 2);
    this.bytes = Buffer.from(memory, headBytes, rowBytes);
    this.texts = Buffer.from(memory, headBytes + rowBytes, textBytes);
    this.rows = rows;
    this.textBytes = textBytes;
  }
}

const usualRows = 16_384;
const usualTextBytes = 2_097_152;

/** @param rows how many records may wait for their reader @param textBytes of their texts */
export function allocateSharedRecords(
  rows: number = usualRows,
  textBytes: number = usualTextBytes,
): SharedRecords {
  const memory = new SharedArrayBuffer(headBytes + rows * rowWords * 4 + textBytes);
  return { memory, rows, textBytes };
}
