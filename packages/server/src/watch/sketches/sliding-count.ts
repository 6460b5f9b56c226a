const cells = 10;

/** How many in the last so many milliseconds, for each of many places; within a tenth of the time. */
export class SlidingCount {
  readonly #counts: Uint32Array;
  /** Which tenth each cell is of. */
  readonly #tenths: Float64Array;
  readonly #tenthMs: number;

  constructor(places: number, withinMs: number) {
    this.#counts = new Uint32Array(places * cells);
    this.#tenths = new Float64Array(places * cells);
    this.#tenthMs = withinMs / (cells - 1);
  }

  get bytes(): number {
    return this.#counts.byteLength + this.#tenths.byteLength;
  }

  /** @returns how many there are with this one */
  add(place: number, nowMs: number): number {
    const tenth = Math.floor(nowMs / this.#tenthMs);
    const at = place * cells + (tenth % cells);
    if (this.#tenths[at] !== tenth) {
      this.#tenths[at] = tenth;
      this.#counts[at] = 0;
    }
    this.#counts[at] = (this.#counts[at] as number) + 1;
    return this.count(place, nowMs);
  }

  count(place: number, nowMs: number): number {
    const tenth = Math.floor(nowMs / this.#tenthMs);
    let sum = 0;
    for (let at = place * cells; at < (place + 1) * cells; at += 1)
      if (tenth - (this.#tenths[at] as number) < cells) sum += this.#counts[at] as number;
    return sum;
  }

  forget(place: number): void {
    this.#counts.fill(0, place * cells, (place + 1) * cells);
  }
}
