import { defineProblems } from "./problem.ts";
import { refuse } from "./refusal.ts";

/** What a thread holds of bodies at one time. */
const mostOfAll = 67_108_864;
/** What it holds for callers who have not signed in, so that they leave room for those who have. */
const mostOfStrangers = mostOfAll / 2;
/** A chunk of one byte costs this much to keep. */
const leastOfChunk = 256;

let ofAll = 0;
let ofStrangers = 0;

export const capacityProblems = defineProblems("upstream", {
  "capacity-exceeded": {
    status: 503,
    title: "There is as much to do as can be done",
    sentence: "Try again after the time in Retry-After.",
  },
});

export const noRoom = refuse(capacityProblems["capacity-exceeded"], {
  detail: "the bodies that are held leave no room",
  retryAfterSeconds: 1,
});

/**
 * The room that one request's body takes until the request has ended. Without a bound, a few hundred
 * callers who each leave out the last byte of a body would fill the memory.
 */
export class HeldBytes {
  readonly #isStranger: boolean;
  #bytes = 0;
  #isOver = false;

  constructor(isStranger: boolean) {
    this.#isStranger = isStranger;
  }

  /** @returns whether there was room */
  take(length: number): boolean {
    const bytes = Math.max(length, leastOfChunk);
    if (this.#isOver || ofAll + bytes > mostOfAll) return false;
    if (this.#isStranger && ofStrangers + bytes > mostOfStrangers) return false;
    this.#add(bytes);
    return true;
  }

  /** Nothing is held from here on: what still comes finds no room. */
  release(): void {
    this.#isOver = true;
    this.#add(-this.#bytes);
  }

  #add(bytes: number): void {
    this.#bytes += bytes;
    ofAll += bytes;
    if (this.#isStranger) ofStrangers += bytes;
  }
}
