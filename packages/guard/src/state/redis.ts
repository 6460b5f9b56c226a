import { createHash } from "node:crypto";
import type { ProvenanceState } from "./provenance.ts";
import type { Once, ReplayState } from "./replay.ts";
import type { Bucket, LimitState, Taken } from "./state.ts";

/** The part of the Redis client that is used. */
interface Client {
  readonly isReady: boolean;
  sendCommand(words: readonly string[]): Promise<unknown>;
  destroy(): void;
}

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
  /** Longer than this, and the state counts as lost for this request. */
  readonly timeoutMs: number;
  /** Ids of one caller that are remembered as shown. */
  readonly mostShown: number;
  /** Counts while Redis cannot be reached: limits then hold per process instead of per fleet. */
  readonly fallback: LimitState;
  readonly onTrouble: (message: string) => void;
}

/**
 * Counts in Redis or Valkey, so that many nodes act as one; counts here while it is lost, so that
 * it cannot become an outage.
 */
export class RedisState implements LimitState, ReplayState, ProvenanceState {
  readonly #options: RedisStateOptions;
  /** Undefined until its module is loaded: a gate that counts in memory need not load it. */
  #client: Client | undefined;
  #isClosed = false;
  #troubled = false;

  private constructor(options: RedisStateOptions) {
    this.#options = options;
  }

  /** Answers as if Redis were lost until the connection stands. */
  static open(options: RedisStateOptions): RedisState {
    const state = new RedisState(options);
    state.#connect().catch((fault: unknown) => state.#lost(fault as Error));
    return state;
  }

  async #connect(): Promise<void> {
    const redis = await import("redis");
    if (this.#isClosed) return;
    const client = redis.createClient({
      url: this.#options.url,
      disableOfflineQueue: true,
      commandsQueueMaxLength: 50_000,
      pingInterval: 5000,
      socket: {
        connectTimeout: 2000,
        reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 6), 2000),
      },
    });
    client.on("error", (fault: Error) => this.#lost(fault));
    client.on("ready", () => {
      this.#troubled = false;
    });
    this.#client = client;
    await client.connect();
  }

  async takeAll(buckets: readonly Bucket[]): Promise<Taken> {
    const client = this.#ready();
    if (client === undefined) return this.#options.fallback.takeAll(buckets);
    let left: number[];
    try {
      left = await within(
        Promise.all(buckets.map((bucket) => this.#run(client, bucket, bucket.intervalMs))),
        this.#options.timeoutMs,
      );
    } catch (fault) {
      this.#lost(fault as Error);
      return this.#options.fallback.takeAll(buckets);
    }
    const refusedBy = left.findIndex((remaining) => remaining < 0);
    if (refusedBy === -1) return { refusedBy, waitMs: 0, remaining: left };
    for (const [index, bucket] of buckets.entries())
      if ((left[index] as number) >= 0)
        this.#run(client, bucket, -bucket.intervalMs).catch((fault: unknown) =>
          this.#lost(fault as Error),
        );
    return { refusedBy, waitMs: -(left[refusedBy] as number) / 1000, remaining: [] };
  }

  /**
   * A proof that was used at another node counts as used here too. While Redis is lost nobody can
   * tell whether it was, so this rejects, and its caller refuses the request: otherwise a stolen
   * proof could be used at every node.
   */
  async useOnce(owner: string, name: string, lifeSeconds: number): Promise<Once> {
    const client = this.#ready();
    if (client === undefined) throw new Error("the shared state cannot be reached");
    const key = `${this.#options.prefix}once:${createHash("sha256").update(`${owner}\n${name}`).digest("base64url")}`;
    const answer = await within(
      client.sendCommand(["SET", key, "1", "NX", "EX", String(Math.ceil(lifeSeconds))]),
      this.#options.timeoutMs,
    );
    return answer === null ? "again" : "first";
  }

  /**
   * The newest of what a caller was shown, as short hashes in a sorted set; nobody waits for it to
   * be written.
   */
  note(caller: string, names: readonly string[]): void {
    const client = this.#ready();
    if (client === undefined || names.length === 0) return;
    const key = this.#shownTo(caller);
    const hour = String(Math.floor(Date.now() / 3_600_000));
    const work = [
      client.sendCommand(["ZADD", key, ...names.flatMap((name) => [hour, shortHash(name)])]),
      client.sendCommand(["ZREMRANGEBYRANK", key, "0", String(-this.#options.mostShown - 1)]),
      client.sendCommand(["EXPIRE", key, String(keepShownSeconds)]),
    ];
    Promise.all(work).catch((fault: unknown) => this.#lost(fault as Error));
  }

  /** Undefined while Redis is lost: then nobody can tell, and it is not the caller's fault. */
  async knows(caller: string, names: readonly string[]): Promise<boolean | undefined> {
    const client = this.#ready();
    if (client === undefined) return undefined;
    try {
      const scores = (await within(
        client.sendCommand(["ZMSCORE", this.#shownTo(caller), ...names.map(shortHash)]),
        this.#options.timeoutMs,
      )) as readonly unknown[];
      return scores.every((score) => score !== null);
    } catch (fault) {
      this.#lost(fault as Error);
      return undefined;
    }
  }

  /** The client, while the connection stands. */
  #ready(): Client | undefined {
    return this.#client?.isReady === true ? this.#client : undefined;
  }

  #shownTo(caller: string): string {
    return `${this.#options.prefix}shown:${shortHash(caller)}`;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#client?.destroy();
    await this.#options.fallback.close();
  }

  async #run(
    client: Client,
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

  #lost(fault: Error): void {
    if (this.#troubled) return;
    this.#troubled = true;
    this.#options.onTrouble(
      `the shared state cannot be reached, limits are counted by this process alone: ${fault.message}`,
    );
  }
}

function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (fault: unknown) => {
        clearTimeout(timer);
        reject(fault instanceof Error ? fault : new Error("unknown"));
      },
    );
  });
}
