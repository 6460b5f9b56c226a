import type { DecisionRecord } from "@portcullis/guard/records";
import { fits, type RecordFilter } from "./record-filter.ts";
import { CursorFault, type RecordPage, type RecordQuestion } from "./record-page.ts";

interface Batch {
  readonly lines: Uint8Array;
  /** Which record the first is, counted since the start. */
  readonly first: number;
  readonly count: number;
}

/**
 * The last records, for a person who asks "what happened to my request just now". Kept as the lines
 * they are, and read when somebody asks.
 */
export class RecentRecords {
  readonly #most: number;
  readonly #batches: Batch[] = [];
  #held = 0;
  #added = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** How many there were since the start. */
  get added(): number {
    return this.#added;
  }

  add(lines: Uint8Array, count: number): void {
    this.#batches.push({ lines, first: this.#added, count });
    this.#held += count;
    this.#added += count;
    while (this.#batches.length > 1 && this.#held - (this.#batches[0]?.count ?? 0) >= this.#most)
      this.#held -= this.#batches.shift()?.count ?? 0;
  }

  /** @throws CursorFault */
  find({ cursor, filter, most }: RecordQuestion): RecordPage {
    const before = cursor === undefined ? this.#added : placeOf(cursor);
    const found: (readonly [number, DecisionRecord])[] = [];
    for (let at = this.#batches.length - 1; at >= 0 && found.length <= most; at -= 1) {
      const batch = this.#batches[at] as Batch;
      if (batch.first >= before) continue;
      const lines = linesOf(batch);
      for (let index = lines.length - 1; index >= 0 && found.length <= most; index -= 1) {
        const place = batch.first + index;
        if (place >= before) continue;
        const record = JSON.parse(lines[index] as string) as DecisionRecord;
        if (fits(record, filter)) found.push([place, record]);
      }
    }
    const shown = found.slice(0, most);
    return {
      items: shown.map(([, record]) => record),
      next: found.length > most ? `m${shown.at(-1)?.[0]}` : undefined,
      missing: [],
    };
  }

  /**
   * Those that fit behind a place, the oldest first.
   *
   * @returns undefined where some of them are no longer held
   */
  since(
    place: number,
    filter: RecordFilter,
  ): readonly { readonly place: number; readonly record: DecisionRecord }[] | undefined {
    if (!(place >= (this.#batches[0]?.first ?? this.#added))) return undefined;
    return this.#batches
      .filter(({ count, first }) => first + count > place)
      .flatMap((batch) =>
        linesOf(batch).map((line, index) => ({
          place: batch.first + index + 1,
          record: JSON.parse(line) as DecisionRecord,
        })),
      )
      .filter((one) => one.place > place && fits(one.record, filter));
  }
}

const linesOf = ({ lines }: Batch): readonly string[] =>
  Buffer.from(lines).toString().trimEnd().split("\n");

function placeOf(cursor: string): number {
  const place = Number(/^m(\d{1,15})$/.exec(cursor)?.[1] ?? Number.NaN);
  if (Number.isNaN(place)) throw new CursorFault("this cursor is not of these records");
  return place;
}
