import { createHash } from "node:crypto";
import type { ProvenanceState } from "./provenance.ts";
import { type RedisClient, RedisConnection } from "./redis-connection.ts";
import type { Once, ReplayState } from "./replay.ts";
import type { Bucket, LimitState, Taken } from "./state.ts";

/**
 * One bucket, by Redis's own clock. A negative increment gives back. Answers what is left, or minus
 * the wait in microseconds. Each bucket is a script of its own, so that in a cluster each key may
 * live where it likes.
 */
const script = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local interval = tonumber(ARGV[1])
local whole = interval * tonumber(ARGV[2])
local increment = tonumber(ARGV[3])
local arrival = tonumber(redis.call('GET', KEYS[1]) or '0')
if arrival < now then arrival = now elseif arrival > now + whole then arrival = now + whole end
local following = arrival + increment
if increment > 0 and following - now > whole + 0.000001 then
  return -math.ceil((following - now - whole) * 1000)
end
local ttl = math.ceil(following - now)
if ttl > 0 then redis.call('SET', KEYS[1], string.format('%.6f', following), 'PX', ttl) else redis.call('DEL', KEYS[1]) end
return math.floor((whole - (following - now)) / interval + 0.000001)
`;
const digest = createHash("sha1").update(script).digest("hex");

const keepShownSeconds = 180 * 86_400;
const shortHash = (text: string): string =>
  createHash("sha256").update(text).digest("base64url").slice(0, 12);

export interface RedisStateOptions {
  readonly url: string;
  readonly prefix: string;
  /** Longer than this, and the state counts as lost until it answers again. */
  readonly timeoutMs: number;
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

  private constructor(options: RedisStateOptions) {
    this.#options = options;
    this.#connection = new RedisConnection(options);
  }

  /** Lost until the connection stands. */
  static open(options: RedisStateOptions): RedisState {
    return new RedisState(options);
  }

  /** Whether Redis answers, as far as is known. */
  get isAvailable(): boolean {
    return this.#connection.client !== undefined;
  }

  async takeAll(buckets: readonly Bucket[]): Promise<Taken> {
    const client = this.#connection.use();
    const left = await this.#connection.ask(
      Promise.all(buckets.map((bucket) => this.#run(client, bucket, bucket.intervalMs))),
    );
    const refusedBy = left.findIndex((remaining) => remaining < 0);
    if (refusedBy === -1) return { refusedBy, waitMs: 0, remaining: left };
    for (const [index, bucket] of buckets.entries())
      if ((left[index] as number) >= 0)
        this.#run(client, bucket, -bucket.intervalMs).catch((fault: unknown) =>
          this.#connection.failed(fault as Error),
        );
    return { refusedBy, waitMs: -(left[refusedBy] as number) / 1000, remaining: [] };
  }

  /**
   * A proof that was used at another node counts as used here too. While Redis is lost nobody can
   * tell whether it was, so this rejects: a stolen proof could be used at every node.
   */
  async useOnce(owner: string, name: string, lifeSeconds: number): Promise<Once> {
    const client = this.#connection.use();
    const key = `${this.#options.prefix}once:${createHash("sha256").update(`${owner}\n${name}`).digest("base64url")}`;
    const answer = await this.#connection.ask(
      client.sendCommand(["SET", key, "1", "NX", "EX", String(Math.ceil(lifeSeconds))]),
    );
    return answer === null ? "again" : "first";
  }

  /**
   * The newest of what a caller was shown, as short hashes in a sorted set; nobody waits for it to
   * be written.
   */
  note(caller: string, names: readonly string[]): void {
    const { client } = this.#connection;
    if (client === undefined || names.length === 0) return;
    const key = this.#shownTo(caller);
    const hour = String(Math.floor(Date.now() / 3_600_000));
    const work = [
      client.sendCommand(["ZADD", key, ...names.flatMap((name) => [hour, shortHash(name)])]),
      client.sendCommand(["ZREMRANGEBYRANK", key, "0", String(-this.#options.mostShown - 1)]),
      client.sendCommand(["EXPIRE", key, String(keepShownSeconds)]),
    ];
    this.#connection.ask(Promise.all(work)).catch(() => undefined);
  }

  /** Undefined while Redis is lost: then nobody can tell, and it is not the caller's fault. */
  async knows(caller: string, names: readonly string[]): Promise<boolean | undefined> {
    const { client } = this.#connection;
    if (client === undefined) return undefined;
    try {
      const scores = (await this.#connection.ask(
        client.sendCommand(["ZMSCORE", this.#shownTo(caller), ...names.map(shortHash)]),
      )) as readonly unknown[];
      return scores.every((score) => score !== null);
    } catch {
      return undefined;
    }
  }

  /** Milliseconds since 1970, by Redis's clock; undefined while it is lost. */
  async time(): Promise<number | undefined> {
    const { client } = this.#connection;
    if (client === undefined) return undefined;
    try {
      const [seconds, microseconds] = (await this.#connection.ask(
        client.sendCommand(["TIME"]),
      )) as readonly [unknown, unknown];
      return Number(seconds) * 1000 + Number(microseconds) / 1000;
    } catch {
      return undefined;
    }
  }

  #shownTo(caller: string): string {
    return `${this.#options.prefix}shown:${shortHash(caller)}`;
  }

  close(): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }

  async #run(
    client: RedisClient,
    { burst, intervalMs, key }: Bucket,
    increment: number,
  ): Promise<number> {
    const rest = [
      "1",
      `${this.#options.prefix}${key}`,
      String(intervalMs),
      String(burst),
      String(increment),
    ];
    try {
      return Number(await client.sendCommand(["EVALSHA", digest, ...rest]));
    } catch (fault) {
      if (!(fault instanceof Error) || !fault.message.startsWith("NOSCRIPT")) throw fault;
      return Number(await client.sendCommand(["EVAL", script, ...rest]));
    }
  }
}
