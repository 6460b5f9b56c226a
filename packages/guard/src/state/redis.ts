import { createHash } from "node:crypto";
import type { FlowState } from "./flows.ts";
import type { LearnedState } from "./learned.ts";
import type { ProvenanceState } from "./provenance.ts";
import type { RedisTls } from "./redis/redis-servers.ts";
import type { RedisPlan } from "./redis/redis-plan.ts";
import { RedisConnection } from "./redis-connection.ts";
import { LeasedLimits } from "./leased-limits.ts";
import { RedisLimits } from "./redis-limits.ts";
import type { TakenFar } from "./redis-taken.ts";
import type { Carried } from "./redis-scripts.ts";
import { RedisFlows } from "./redis-flows.ts";
import { RedisLearnedState } from "./redis-learned.ts";
import type { SharedFlows } from "./shared-flows.ts";
import type { StateMeasures } from "./state-measures.ts";
import type { SharedLearnedState } from "./shared-learned.ts";
import type { Once, ReplayState } from "./replay.ts";
import type { Bucket, LimitState } from "./state.ts";

const keepShownSeconds = 180 * 86_400;
const shortHash = (text: string): string =>
  createHash("sha256").update(text).digest("base64url").slice(0, 12);

export interface RedisStateOptions {
  readonly plan: RedisPlan;
  /** Of servers at rediss://; without it the public authorities are believed. */
  readonly tls?: RedisTls | undefined;
  /** What every key begins with. */
  readonly prefix: string;
  /** The part of a limit's burst that nodes may take ahead, from 0 to 1; 0: each time is asked. */
  readonly overshoot: number;
  /** Where it is counted what asking takes. */
  readonly measures: StateMeasures;
  /** Ids of one caller that are remembered as shown. */
  readonly mostShown: number;
  /** Why the state is lost, once for each loss; undefined when it answers again. */
  readonly onChange: (lost: string | undefined) => void;
  /** What is wrong while it answers. */
  readonly onTrouble: (message: string) => void;
}

/**
 * Counts in Redis or Valkey, so that many nodes act as one. While it is lost nobody waits for it:
 * limits and proofs reject at once, and who uses them decides whether to count here instead
 * (`local-on-loss.ts`).
 */
export class RedisState implements LimitState, ReplayState, ProvenanceState {
  readonly #options: RedisStateOptions;
  readonly #connection: RedisConnection;
  readonly #limits: RedisLimits;
  readonly #leased: LeasedLimits;

  private constructor(options: RedisStateOptions) {
    this.#options = options;
    this.#connection = new RedisConnection(options);
    this.#limits = new RedisLimits(this.#connection, options.prefix);
    this.#leased = new LeasedLimits(this.#limits, options);
  }

  /** Lost until the connection stands. */
  static open(options: RedisStateOptions): RedisState {
    return new RedisState(options);
  }

  /** Whether every server of Redis answers, as far as is known. */
  get isAvailable(): boolean {
    return this.#connection.isAvailable;
  }

  /** Whether whoever keeps these buckets answers, as far as is known. */
  serves(buckets: readonly Bucket[]): boolean {
    return this.#limits.serves(buckets);
  }

  /** It was lost lately, in part at least: what this node knows and has let through is not there. */
  get isFresh(): boolean {
    return this.#connection.isFresh;
  }

  /** @throws StateLost while Redis does not answer */
  takeAll(
    buckets: readonly Bucket[],
    carried?: readonly (Carried | undefined)[],
  ): TakenFar | Promise<TakenFar> {
    return this.#leased.takeAll(buckets, { carried });
  }

  /** @throws StateLost while Redis does not answer */
  giveBack(bucket: Bucket): Promise<void> {
    return this.#limits.giveBack(bucket);
  }

  /** Adds what this node has let through by itself. Nobody waits for it. */
  merge(bucket: Bucket, carried: Carried): void {
    this.#limits.merge(bucket, carried);
  }

  /**
   * A proof that was used at another node counts as used here too. While Redis is lost nobody can
   * tell whether it was, so this rejects: a stolen proof could be used at every node.
   */
  async useOnce(owner: string, name: string, lifeSeconds: number): Promise<Once> {
    const key = this.#onceKey(owner, name);
    const words = ["SET", key, "1", "NX", "EX", String(Math.ceil(lifeSeconds))];
    const answer = await this.#connection.ask(key, words);
    if (answer !== null && answer !== "OK") throw this.#connection.distrust(key);
    return answer === null ? "again" : "first";
  }

  /**
   * The newest of what a caller was shown, as short hashes in a sorted set; nobody waits for it to
   * be written.
   */
  note(caller: string, names: readonly string[]): void {
    if (names.length === 0) return;
    const key = this.#shownTo(caller);
    const hour = String(Math.floor(Date.now() / 3_600_000));
    const work = [
      ["ZADD", key, ...names.flatMap((name) => [hour, shortHash(name)])],
      ["ZREMRANGEBYRANK", key, "0", String(-this.#options.mostShown - 1)],
      ["EXPIRE", key, String(keepShownSeconds)],
    ];
    for (const words of work) this.#connection.ask(key, words).catch(() => undefined);
  }

  /** Undefined while Redis is lost: then nobody can tell, and it is not the caller's fault. */
  async knows(caller: string, names: readonly string[]): Promise<boolean | undefined> {
    const key = this.#shownTo(caller);
    try {
      const scores = await this.#connection.ask(key, ["ZMSCORE", key, ...names.map(shortHash)]);
      if (!Array.isArray(scores) || scores.length !== names.length)
        throw this.#connection.distrust(key);
      return scores.every((score) => score !== null);
    } catch {
      return undefined;
    }
  }

  /** Milliseconds since 1970, by Redis's clock; undefined while it is lost. */
  async time(): Promise<number | undefined> {
    try {
      const told = await this.#connection.ask("time", ["TIME"]);
      const [seconds, microseconds] = told as readonly [unknown, unknown];
      return Number(seconds) * 1000 + Number(microseconds) / 1000;
    } catch {
      return undefined;
    }
  }

  /** Who has signed in with which credential, for all nodes. */
  learned(here: SharedLearnedState): LearnedState {
    return new RedisLearnedState(this.#connection, this.#options.prefix, here);
  }

  /** Who has taken which steps, for all nodes. */
  flows(here: SharedFlows, onLoss: Bucket["onLoss"]): FlowState {
    return new RedisFlows(this.#connection, this.#options.prefix, here, onLoss);
  }

  /** Whether whoever remembers this proof answers, as far as is known. */
  servesProof(owner: string, name: string): boolean {
    return this.#connection.serves(this.#onceKey(owner, name));
  }

  #onceKey(owner: string, name: string): string {
    const hash = createHash("sha256").update(`${owner}\n${name}`).digest("base64url");
    return `${this.#options.prefix}once:${hash}`;
  }

  #shownTo(caller: string): string {
    return `${this.#options.prefix}shown:${shortHash(caller)}`;
  }

  async close(): Promise<void> {
    await this.#leased.close();
    this.#limits.close();
    this.#connection.close();
  }
}
