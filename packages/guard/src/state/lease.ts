import { leaseLifeMs, type LeaseAsk } from "./redis-scripts.ts";

/** It ends here before it ends in Redis, whose clock may be a little faster. */
const lifeMs = leaseLifeMs - 100;
const idleMs = 200;
const measureMs = 100;
/** A lease is asked for what would be used in so long. */
const aheadMs = 250;
const mostBlindMs = 250;

/** What this node has leased of one bucket, and how fast it is asked for. */
export class Lease {
  left = 0;
  /** One question at a time asks for more. */
  isAsking = false;
  #spent = 0;
  #endsAt = 0;
  #usedAt: number;
  #blindUntil = 0;
  #countedFrom: number;
  #counted = 0;
  #perMs = 0;

  constructor(now: number) {
    this.#usedAt = this.#countedFrom = now;
  }

  count(cost: number, now: number): void {
    this.#usedAt = now;
    this.#counted += cost;
    const passed = now - this.#countedFrom;
    if (passed < measureMs) return;
    this.#perMs = this.#counted / passed;
    this.#counted = 0;
    this.#countedFrom = now;
  }

  /** How long it is refused without asking; 0: not at all. */
  blindMs(now: number): number {
    return Math.max(0, this.#blindUntil - now);
  }

  has(cost: number, now: number): boolean {
    return this.left >= cost && now < this.#endsAt;
  }

  spend(cost: number): void {
    this.left -= cost;
    this.#spent += cost;
  }

  /** What is left is given back with the question. */
  ask(most: number, now: number): LeaseAsk {
    const want = Math.floor(this.#perMs * aheadMs);
    this.isAsking = true;
    // Of a share that has ended Redis knows nothing any more: it was counted when it was taken.
    const spent = now < this.#endsAt ? this.#spent : 0;
    return { want: want < 2 ? 0 : want, most, held: this.left, spent };
  }

  begin(granted: number, sentAt: number): void {
    this.left = granted;
    this.#spent = 0;
    this.#endsAt = granted > 0 ? sentAt + lifeMs : 0;
  }

  /**
   * The bucket is empty. Nobody asks again before as much has come as all leases may hold back.
   */
  refuse(waitMs: number, tokens: number, intervalMs: number, now: number): void {
    this.#blindUntil = now + Math.min(Math.max(waitMs, tokens * intervalMs), mostBlindMs);
  }

  /** Nobody has used it for a while, or it ends. */
  isIdle(now: number): boolean {
    return !this.isAsking && (now - this.#usedAt > idleMs || now >= this.#endsAt);
  }
}
