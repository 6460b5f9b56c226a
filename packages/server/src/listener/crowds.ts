import { Allowance } from "./allowance.ts";
import type { ListenerBounds } from "./bounds.ts";
import { namesOf } from "./peer-names.ts";

type RequestBounds = Pick<
  ListenerBounds,
  "requestsPerAddress" | "requestsPerNetwork" | "resetsPerAddress"
>;

interface Crowd {
  readonly most: number;
  readonly resets: Allowance;
  underway: number;
  /** Connections and requests that refer to it. */
  holders: number;
}

/** Whom a request counts for: an address, and of IPv6 its network too. */
export type Crowding = readonly Crowd[];

/**
 * What callers of one address have underway, over all of their connections to this thread: a bound
 * for each connection alone would be none for who opens a hundred.
 */
export class Crowds {
  readonly #bounds: RequestBounds;
  readonly #crowds = new Map<string, Crowd>();

  constructor(bounds: RequestBounds) {
    this.#bounds = bounds;
  }

  /** Must be let go of. */
  hold(peer: string): Crowding {
    const { address, network } = namesOf(peer);
    const { requestsPerAddress, requestsPerNetwork } = this.#bounds;
    const one = this.#hold(address, requestsPerAddress);
    return network === undefined ? [one] : [one, this.#hold(network, requestsPerNetwork)];
  }

  letGo(crowding: Crowding): void {
    for (const crowd of crowding) crowd.holders -= 1;
  }

  /** @returns whether there was room; then it must `end` */
  begin(crowding: Crowding): boolean {
    for (const { most, underway } of crowding) if (underway >= most) return false;
    for (const crowd of crowding) crowd.underway += 1;
    return true;
  }

  end(crowding: Crowding): void {
    for (const crowd of crowding) crowd.underway -= 1;
  }

  /** A caller has taken a request back. @returns whether that is within what may be */
  takeBack(crowding: Crowding, now: number): boolean {
    let isWithin = true;
    for (const { resets } of crowding) if (!resets.take(now)) isWithin = false;
    return isWithin;
  }

  /** Forgets those of whom nothing is left to know. */
  sweep(now: number): void {
    for (const [name, { holders, resets }] of this.#crowds)
      if (holders === 0 && resets.isWhole(now)) this.#crowds.delete(name);
  }

  #hold(name: string, most: number): Crowd {
    let crowd = this.#crowds.get(name);
    if (crowd === undefined) {
      const resets = new Allowance(this.#bounds.resetsPerAddress, performance.now());
      crowd = { most, resets, underway: 0, holders: 0 };
      this.#crowds.set(name, crowd);
    }
    crowd.holders += 1;
    return crowd;
  }
}
