import { type SharedStages, SharedStageMemory, steadyMs } from "@portcullis/guard/state";
import { namesOf } from "./peer-names.ts";

/** Known for so long, and for twice as long at most. */
const periodMs = 600_000;
const mostNoted = 10_000;

/** Room for as many addresses, in half a mebibyte. */
export const mostKnownPeers = 65_536;

/**
 * Addresses from which somebody has signed in lately, for all threads: a token of theirs was
 * verified. In fixed memory, which strangers cannot write to.
 */
export class KnownPeers {
  readonly #memory: SharedStageMemory;
  readonly #now: () => number;
  /** What this thread has noted in this period: most requests come from there. */
  #noted = new Set<string>();
  #period = 0;

  constructor(memory: SharedStages, now: () => number = steadyMs) {
    this.#memory = new SharedStageMemory(memory, now);
    this.#now = now;
  }

  /** @returns whether it was not noted yet in this period */
  note(address: string): boolean {
    const period = Math.floor(this.#now() / periodMs);
    if (period !== this.#period || this.#noted.size >= mostNoted) this.#noted = new Set();
    this.#period = period;
    if (this.#noted.has(address)) return false;
    this.#noted.add(address);
    this.#memory.keep(`${period} ${nameOf(address)}`);
    return true;
  }

  has(address: string): boolean {
    const period = Math.floor(this.#now() / periodMs);
    const name = nameOf(address);
    return this.#memory.has(`${period} ${name}`) || this.#memory.has(`${period - 1} ${name}`);
  }
}

function nameOf(peer: string): string {
  const { address, network } = namesOf(peer);
  return network ?? address;
}
