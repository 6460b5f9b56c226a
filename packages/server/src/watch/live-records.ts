import { randomBytes } from "node:crypto";
import type { DecisionRecord } from "@portcullis/guard/records";
import type { RecentRecords } from "./recent-records.ts";
import { fits, type RecordFilter } from "./record-filter.ts";

/** What somebody who looks on is told. */
export type LiveEvent =
  /** `id` is the place to go on at. */
  | { readonly kind: "record"; readonly id: string; readonly record: DecisionRecord }
  /** Of those that fit, only so many were shown. */
  | { readonly kind: "shown"; readonly shown: number; readonly of: number }
  /** What has come since the place that was asked for is not all here. */
  | { readonly kind: "gap"; readonly because: string };

export interface LiveViewer {
  readonly filter: RecordFilter;
  /** @returns false where it has not taken what it was told before */
  readonly tell: (event: LiveEvent) => boolean;
}

interface Looking {
  readonly viewer: LiveViewer;
  isBehind: boolean;
  /** Of those that it could not be told of. */
  missed: number;
}

/** Nobody reads faster; records come ten times a second. */
const mostAtOnce = 20;
const mostViewers = 16;
/** After a lost connection. */
const mostAgain = 200;

/** Too many look on. */
export class ViewersFault extends Error {}

/** Shows records as they come to whoever looks on. Who reads slowly is told what it has not seen. */
export class LiveRecords {
  readonly #recent: RecentRecords;
  /** Places are of this start of the program. */
  readonly #start = randomBytes(6).toString("hex");
  readonly #looking = new Set<Looking>();

  constructor(recent: RecentRecords) {
    this.#recent = recent;
  }

  /**
   * @param after the id of the last event that it was told; undefined: from now on
   * @throws ViewersFault
   */
  open(viewer: LiveViewer, after: string | undefined): { drained(): void; close(): void } {
    if (this.#looking.size >= mostViewers)
      throw new ViewersFault(`${mostViewers} others look on already`);
    const one: Looking = { viewer, isBehind: false, missed: 0 };
    if (after !== undefined) this.#catchUp(one, after);
    this.#looking.add(one);
    return {
      drained: () => void (one.isBehind = false),
      close: () => void this.#looking.delete(one),
    };
  }

  /** @param first which record of this start the first line is */
  add(lines: Uint8Array, first: number): void {
    if (this.#looking.size === 0) return;
    const records = Buffer.from(lines)
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as DecisionRecord);
    for (const one of this.#looking) this.#show(one, records, first);
  }

  #show(one: Looking, records: readonly DecisionRecord[], first: number): void {
    const fitting = records.flatMap((record, index) =>
      fits(record, one.viewer.filter) ? [{ record, place: first + index + 1 }] : [],
    );
    if (one.isBehind) {
      one.missed += fitting.length;
      return;
    }
    // Evenly over all of them: the first twenty of a burst would tell less.
    const shown = Math.min(fitting.length, mostAtOnce);
    for (let index = 0; index < shown; index += 1) {
      const at = fitting[Math.floor((index * fitting.length) / shown)];
      if (at !== undefined)
        this.#tell(one, { kind: "record", id: this.#idOf(at.place), record: at.record });
    }
    const of = fitting.length + one.missed;
    one.missed = 0;
    if (of > shown) this.#tell(one, { kind: "shown", shown, of });
  }

  #catchUp(one: Looking, after: string): void {
    const [start, place] = after.split("-");
    const since =
      start === this.#start ? this.#recent.since(Number(place), one.viewer.filter) : undefined;
    if (since === undefined)
      this.#tell(one, {
        kind: "gap",
        because:
          start === this.#start
            ? "more has come since than is held"
            : "the gate was started anew, or this is no place of it",
      });
    else {
      const shown = since.slice(-mostAgain);
      for (const { place: at, record } of shown)
        this.#tell(one, { kind: "record", id: this.#idOf(at), record });
      if (shown.length < since.length)
        this.#tell(one, { kind: "shown", shown: shown.length, of: since.length });
    }
  }

  #idOf(place: number): string {
    return `${this.#start}-${place}`;
  }

  #tell(one: Looking, event: LiveEvent): void {
    if (!one.viewer.tell(event)) one.isBehind = true;
  }
}
