/** A seat that is held until it is given back. */
export interface Seat {
  /** Gives it back; once. */
  leave(): void;
}

/** Where seats are counted of which nobody may hold more than so many at the same time. */
export interface SeatState {
  /** Undefined where `most` are held under this key. */
  take(key: string, most: number): Seat | undefined;
}

/** Seats in this thread alone. */
export class LocalSeats implements SeatState {
  readonly #held = new Map<string, number>();

  take(key: string, most: number): Seat | undefined {
    const held = this.#held.get(key) ?? 0;
    if (held >= most) return undefined;
    this.#held.set(key, held + 1);
    return {
      leave: () => {
        const left = (this.#held.get(key) ?? 1) - 1;
        if (left === 0) this.#held.delete(key);
        else this.#held.set(key, left);
      },
    };
  }
}
