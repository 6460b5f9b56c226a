import { isoTime } from "./iso-time.ts";
import type { DecisionRecord } from "./record.ts";
import type { RecordRest } from "./record-rest.ts";
import {
  number,
  outcomes,
  type RecordMemory,
  traceAtByte,
  traceBytes,
  word,
} from "./record-rows.ts";
import type { Signal } from "./signal.ts";
import { SignalRow } from "./signal-row.ts";

/** Every field that a record may have, each stated. */
type EveryField = { readonly [F in keyof Required<DecisionRecord>]: DecisionRecord[F] };

/**
 * A record as it stands in the memory between threads: fields are made into values when somebody
 * reads them. Holds good until the next one is read.
 */
export class RecordRow implements EveryField {
  readonly #memory: RecordMemory;
  readonly #names: readonly string[];
  readonly #signal: SignalRow;
  #at = 0;
  #rest: RecordRest | undefined = undefined;

  constructor(memory: RecordMemory, names: readonly string[]) {
    this.#memory = memory;
    this.#names = names;
    this.#signal = new SignalRow(memory);
  }

  /** @param at where the row begins, in words */
  at(at: number): this {
    this.#at = at;
    this.#rest = undefined;
    return this;
  }

  get timeMs(): number {
    return this.#number(number.timeMs);
  }

  get time(): string {
    return isoTime(this.timeMs);
  }

  get traceId(): string {
    const from = this.#at * 4 + traceAtByte;
    return this.#memory.bytes.toString("latin1", from, from + traceBytes);
  }

  get operation(): string {
    return this.#names[this.#word(word.operation)] as string;
  }

  get method(): string {
    return this.#names[this.#word(word.method)] as string;
  }

  get path(): string | undefined {
    return this.#names[this.#word(word.path)];
  }

  get apiVersion(): string | undefined {
    return this.#names[this.#word(word.apiVersion)];
  }

  get app(): string | undefined {
    return this.#names[this.#word(word.app)];
  }

  get appVersion(): string | undefined {
    return this.#names[this.#word(word.appVersion)];
  }

  get code(): string | undefined {
    return this.#names[this.#word(word.code)];
  }

  get status(): number {
    return this.#word(word.status);
  }

  get upstreamStatus(): number | undefined {
    const status = this.#word(word.upstreamStatus);
    return status === 0 ? undefined : status;
  }

  get signedIn(): true | undefined {
    return this.#word(word.signedIn) === 1 ? true : undefined;
  }

  get bound(): true | undefined {
    return this.#word(word.bound) === 1 ? true : undefined;
  }

  get outcome(): DecisionRecord["outcome"] {
    return outcomes[this.#word(word.outcome)] as DecisionRecord["outcome"];
  }

  get durationMs(): number {
    return this.#number(number.durationMs);
  }

  get upstreamMs(): number | undefined {
    const upstreamMs = this.#number(number.upstreamMs);
    return Number.isNaN(upstreamMs) ? undefined : upstreamMs;
  }

  get answerBytes(): number {
    return this.#number(number.answerBytes);
  }

  get decisions(): DecisionRecord["decisions"] {
    return this.#more().decisions ?? none;
  }

  get first(): readonly string[] | undefined {
    return this.#more().first;
  }

  get stripped(): readonly string[] | undefined {
    return this.#more().stripped;
  }

  get unwritten(): readonly string[] | undefined {
    return this.#more().unwritten;
  }

  get unchecked(): readonly string[] | undefined {
    return this.#more().unchecked;
  }

  get webSocket(): DecisionRecord["webSocket"] {
    return this.#more().webSocket;
  }

  get address(): string | undefined {
    return this.#text(0, this.#word(word.addressBytes));
  }

  get subject(): string | undefined {
    return this.#text(this.#before(1), this.#word(word.subjectBytes));
  }

  get client(): string | undefined {
    return this.#text(this.#before(2), this.#word(word.clientBytes));
  }

  get device(): string | undefined {
    return this.#text(this.#before(3), this.#word(word.deviceBytes));
  }

  get acting(): DecisionRecord["acting"] {
    return this.#more().acting;
  }

  get signal(): Signal | undefined {
    return this.#signal.at(this.#at);
  }

  #more(): RecordRest {
    if (this.#rest !== undefined) return this.#rest;
    const bytes = this.#word(word.restBytes);
    if (bytes < 0) return (this.#rest = nothing);
    return (this.#rest = JSON.parse(this.#text(this.#before(4), bytes) as string) as RecordRest);
  }

  /** How many bytes the first texts of the row take. */
  #before(texts: number): number {
    let bytes = 0;
    for (let index = 0; index < texts; index += 1)
      bytes += Math.max(0, this.#word(textsInOrder[index] as number));
    return bytes;
  }

  /** Texts of a row stand one behind the other. */
  #text(before: number, bytes: number): string | undefined {
    if (bytes < 0) return undefined;
    const { textBytes, texts } = this.#memory;
    const start = (this.#word(word.textAt) & (textBytes - 1)) + before;
    return texts.toString("utf8", start, start + bytes);
  }

  #word(place: number): number {
    return this.#memory.words[this.#at + place] as number;
  }

  #number(place: number): number {
    return this.#memory.numbers[(this.#at >> 1) + place] as number;
  }
}

/** As the writer leaves them, before what few records have. */
const textsInOrder = [word.addressBytes, word.subjectBytes, word.clientBytes, word.deviceBytes];
const none: DecisionRecord["decisions"] = Object.freeze([]);
const nothing: RecordRest = Object.freeze({});
