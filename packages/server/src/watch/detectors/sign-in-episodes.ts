import { mixHashes, type Signal } from "@portcullis/guard/records";
import type { Seen } from "./seen.ts";
import { clientOf, programOf } from "./recent-seen.ts";

/** How somebody's tries at one account, from one client, have ended. */
export interface Episode {
  readonly operation: string;
  readonly isBad: boolean;
  readonly atMs: number;
  readonly keys: SignInKeys;
  readonly target: number;
}

/** Everything that a sign-in is held against. */
export interface SignInKeys {
  readonly client: number;
  readonly address: number;
  readonly network: number;
  readonly program: number;
}

export const hashesOf = (signal: Signal): SignInKeys => ({
  client: clientOf(signal),
  address: signal.address,
  network: signal.network,
  program: programOf(signal),
});

/** Whoever mistypes a password mends it within this time. */
const patienceMs = 120_000;
const mostPending = 65_536;

interface Pending extends Episode {
  readonly pair: number;
  readonly endsMs: number;
}

/**
 * Makes episodes of attempts: all tries of one client at one account within two minutes are one
 * outcome, good where one of them succeeds. Somebody who mistypes four times is one good episode; a
 * list of stolen passwords is hundreds of bad ones.
 */
export class SignInEpisodes {
  readonly #onEpisode: (episode: Episode) => void;
  /** In the order in which they end: all are waited for equally long. */
  readonly #pending = new Map<number, Pending>();

  constructor(onEpisode: (episode: Episode) => void) {
    this.#onEpisode = onEpisode;
  }

  note(seen: Seen, signal: Signal, isBad: boolean): void {
    const nowMs = seen.timeMs;
    this.turn(nowMs);
    const pair = mixHashes(clientOf(signal), signal.target);
    const pending = this.#pending.get(pair);
    if (isBad && pending !== undefined) return;
    const { target } = signal;
    const { operation } = seen;
    const episode = { operation, isBad, atMs: nowMs, keys: hashesOf(signal), target };
    if (isBad) {
      if (this.#pending.size >= mostPending) this.#endFirst();
      this.#pending.set(pair, { ...episode, pair, endsMs: nowMs + patienceMs });
      return;
    }
    this.#pending.delete(pair);
    this.#onEpisode(episode);
  }

  /** Those that nobody has mended in time are bad. */
  turn(nowMs: number): void {
    for (const { endsMs } of this.#pending.values()) {
      if (endsMs > nowMs) return;
      this.#endFirst();
    }
  }

  void(): void {
    this.#pending.clear();
  }

  #endFirst(): void {
    const first = this.#pending.values().next().value;
    if (first === undefined) return;
    this.#pending.delete(first.pair);
    this.#onEpisode(first);
  }
}
