import { timeOfIso } from "./iso-time.ts";
import type { DecisionRecord } from "./record.ts";
import {
  counter,
  number,
  outcomes,
  RecordMemory,
  rowKinds,
  rowWords,
  type SharedRecords,
  traceAtByte,
  traceBytes,
  word,
} from "./record-rows.ts";
import { restText } from "./record-rest.ts";
import { writeSignal } from "./signal-row.ts";

/** Names that are said by their number; beyond them all are said anew. */
const mostNames = 4096;
/** A record says fewer names than this. */
const namesOfOneRecord = 16;
/** No text of a token is longer, since the head of a request is not: what is, is cut. */
const mostTextLetters = 16_384;

/**
 * Leaves records in memory for one reader on another thread: one writer for each memory. Nothing is
 * waited for and nothing is overwritten: where the reader is too far behind, a record is not taken,
 * and who writes counts it.
 */
export class RecordWriter {
  readonly #memory: RecordMemory;
  readonly #rowMask: number;
  readonly #textMask: number;
  readonly #names = new Map<string, number>();
  #nextName = 1;
  #written = 0;
  #read = 0;
  #textAt = 0;
  #textRead = 0;
  #isAsked = false;

  constructor(shared: SharedRecords) {
    this.#memory = new RecordMemory(shared);
    this.#rowMask = shared.rows - 1;
    this.#textMask = shared.textBytes - 1;
  }

  /** @returns false where there is no room: then nothing of the record was taken */
  write(record: DecisionRecord): boolean {
    if (this.#nextName > mostNames - namesOfOneRecord) this.#forgetNames();
    const operation = this.#nameOf(record.operation);
    const method = this.#nameOf(record.method);
    const path = this.#nameOf(record.path);
    const apiVersion = this.#nameOf(record.apiVersion);
    const app = this.#nameOf(record.app);
    const appVersion = this.#nameOf(record.appVersion);
    const code = this.#nameOf(record.code);
    if ((operation | method | path | apiVersion | app | appVersion | code) < 0) return false;
    const row = this.#row();
    if (row < 0 || !this.#writeTexts(row, record)) return false;
    const { words } = this.#memory;
    words[row + word.kind] = rowKinds.record;
    words[row + word.operation] = operation;
    words[row + word.method] = method;
    words[row + word.path] = path;
    words[row + word.apiVersion] = apiVersion;
    words[row + word.app] = app;
    words[row + word.appVersion] = appVersion;
    words[row + word.code] = code;
    this.#writeNumbers(row, record);
    writeSignal(this.#memory, row, record.signal);
    this.#publish();
    return true;
  }

  /** Whether its reader should not wait any longer; said once until it has read. */
  get isFilling(): boolean {
    if (!this.#isHalfFull()) return (this.#isAsked = false);
    this.#look();
    if (!this.#isHalfFull()) return (this.#isAsked = false);
    const isAsked = this.#isAsked;
    this.#isAsked = true;
    return !isAsked;
  }

  #isHalfFull(): boolean {
    return (
      ((this.#written - this.#read) | 0) > this.#rowMask >> 1 ||
      ((this.#textAt - this.#textRead) | 0) > this.#textMask >> 1
    );
  }

  #look(): void {
    const { counters } = this.#memory;
    this.#read = Atomics.load(counters, counter.rowsRead);
    this.#textRead = Atomics.load(counters, counter.textRead);
  }

  /** Where the next row begins, in words; -1 where there is none. */
  #row(): number {
    if (((this.#written - this.#read) | 0) > this.#rowMask) {
      this.#look();
      if (((this.#written - this.#read) | 0) > this.#rowMask) return -1;
    }
    return (this.#written & this.#rowMask) * rowWords;
  }

  /** Everything of the row stands before its reader can see it. */
  #publish(): void {
    this.#written = (this.#written + 1) | 0;
    Atomics.store(this.#memory.counters, counter.rowsWritten, this.#written);
  }

  #writeNumbers(row: number, record: DecisionRecord): void {
    const { bytes, numbers, words } = this.#memory;
    const { outcome, time, traceId } = record;
    const eight = row >> 1;
    numbers[eight + number.timeMs] = timeOfIso(time);
    numbers[eight + number.durationMs] = record.durationMs;
    numbers[eight + number.upstreamMs] = record.upstreamMs ?? Number.NaN;
    numbers[eight + number.answerBytes] = record.answerBytes;
    const trace = row * 4 + traceAtByte;
    for (let index = 0; index < traceBytes; index += 1)
      bytes[trace + index] = traceId.charCodeAt(index);
    words[row + word.outcome] = outcomes.indexOf(outcome);
    words[row + word.signedIn] = record.signedIn === true ? 1 : 0;
    words[row + word.bound] = record.bound === true ? 1 : 0;
    words[row + word.status] = record.status;
    words[row + word.upstreamStatus] = record.upstreamStatus ?? 0;
  }

  #writeTexts(row: number, record: DecisionRecord): boolean {
    const { words } = this.#memory;
    const { address, client, device, subject } = record;
    const text = restText(record);
    let letters = lettersOf(address) + lettersOf(subject) + lettersOf(client);
    letters += lettersOf(device) + lettersOf(text);
    if (letters > 0 && !this.#makeRoom(letters * 3)) return false;
    words[row + word.textAt] = this.#textAt;
    words[row + word.addressBytes] = this.#writeText(address);
    words[row + word.subjectBytes] = this.#writeText(subject);
    words[row + word.clientBytes] = this.#writeText(client);
    words[row + word.deviceBytes] = this.#writeText(device);
    words[row + word.restBytes] = this.#writeText(text);
    words[row + word.textEnd] = this.#textAt;
    return true;
  }

  /** The number of a name; -1 where there is no room to say which name it is. */
  #nameOf(name: string | undefined): number {
    if (name === undefined) return 0;
    return this.#names.get(name) ?? this.#tellName(name);
  }

  #tellName(name: string): number {
    const row = this.#row();
    if (row < 0 || !this.#makeRoom(lettersOf(name) * 3)) return -1;
    const { texts, words } = this.#memory;
    const at = this.#textAt;
    const bytes = this.#writeText(name);
    words[row + word.kind] = rowKinds.name;
    words[row + word.operation] = this.#nextName;
    words[row + word.textAt] = at;
    words[row + word.restBytes] = bytes;
    words[row + word.textEnd] = this.#textAt;
    this.#publish();
    // A copy: a piece of a header field would keep the whole field.
    const start = at & this.#textMask;
    this.#names.set(texts.toString("utf8", start, start + bytes), this.#nextName);
    this.#nextName += 1;
    return this.#nextName - 1;
  }

  #forgetNames(): void {
    this.#names.clear();
    this.#nextName = 1;
  }

  /** Texts of one row stand in one piece: what is left before the end is passed over. */
  #makeRoom(mostBytes: number): boolean {
    const size = this.#textMask + 1;
    const left = size - (this.#textAt & this.#textMask);
    const skipped = mostBytes > left ? left : 0;
    const end = this.#textAt + skipped + mostBytes;
    if (((end - this.#textRead) | 0) > size) {
      this.#look();
      if (((end - this.#textRead) | 0) > size) return false;
    }
    this.#textAt = (this.#textAt + skipped) | 0;
    return true;
  }

  /** @returns how many bytes it took; -1 where there is no text */
  #writeText(text: string | undefined): number {
    if (text === undefined) return -1;
    const at = this.#textAt & this.#textMask;
    const bytes = this.#memory.texts.write(text.slice(0, mostTextLetters), at, "utf8");
    this.#textAt = (this.#textAt + bytes) | 0;
    return bytes;
  }
}

const lettersOf = (text: string | undefined): number =>
  text === undefined ? 0 : Math.min(text.length, mostTextLetters);
