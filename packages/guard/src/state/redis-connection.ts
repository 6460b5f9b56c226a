import { Late, within } from "./within.ts";

/** The part of the Redis client that is used. */
export interface RedisClient {
  readonly isReady: boolean;
  sendCommand(words: readonly string[]): Promise<unknown>;
  destroy(): void;
}

/** What rejects while Redis is lost: nobody can tell what it would have said. */
export class StateLost extends Error {
  constructor(why: string) {
    super(`the shared state cannot be reached: ${why}`);
    this.name = "StateLost";
  }
}

export interface RedisConnectionOptions {
  readonly url: string;
  readonly prefix: string;
  /** Longer than this, and Redis counts as lost for every request until it answers again. */
  readonly timeoutMs: number;
  /** Why Redis is lost, once for each loss; undefined when it answers again. */
  readonly onChange: (lost: string | undefined) => void;
  /** A command was refused though Redis answers. */
  readonly onTrouble: (message: string) => void;
}

const probeEveryMs = 100;
/** A connection on which nothing was answered for so long is given up for a new one. */
const renewAfterMs = 5000;
const complainEveryMs = 60_000;

/**
 * One connection, with a breaker that all its users share. The first timeout opens it; while it is
 * open nobody waits, and a probe that writes closes it. It begins open: Redis has not answered yet.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  /** Undefined until its module is loaded: a gate that counts in memory need not load it. */
  #client: RedisClient | undefined;
  #isClosed = false;
  #isOpen = true;
  #isTold = false;
  #isProbing = false;
  #why = "not connected yet";
  #renewedAt = performance.now();
  #complainedAt = Number.NEGATIVE_INFINITY;
  #prober: NodeJS.Timeout | undefined;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#probeUntilAnswered();
    this.#connect();
  }

  /** The client, while Redis answers. */
  get client(): RedisClient | undefined {
    return this.#isOpen || this.#client?.isReady !== true ? undefined : this.#client;
  }

  /** @throws StateLost while Redis does not answer */
  use(): RedisClient {
    const { client } = this;
    if (client === undefined) throw new StateLost(this.#why);
    return client;
  }

  /** @throws StateLost when the answer does not come in time, or is a refusal */
  async ask<T>(work: Promise<T>): Promise<T> {
    try {
      return await within(work, this.#options.timeoutMs);
    } catch (fault) {
      throw this.failed(fault as Error);
    }
  }

  /** A command did not do what it should. A refusal by a Redis that answers loses nothing else. */
  failed(fault: Error): StateLost {
    const { message } = fault;
    if (fault instanceof Late || this.#client?.isReady !== true) this.#open(message);
    else {
      this.#complain(message);
      void this.#probe(message);
    }
    return new StateLost(message);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#prober);
    this.#dismiss();
  }

  #dismiss(): void {
    const client = this.#client;
    this.#client = undefined;
    try {
      client?.destroy();
    } catch {
      // It had ended by itself.
    }
  }

  #connect(): void {
    this.#begin().catch((fault: unknown) => {
      if (!this.#isClosed) this.#open((fault as Error).message, true);
    });
  }

  async #begin(): Promise<void> {
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
    client.on("error", (fault: Error) => {
      if (this.#client === client) this.#open(fault.message, true);
    });
    client.on("ready", () => {
      if (this.#client === client) void this.#probe(this.#why);
    });
    this.#client = client;
    await client.connect().catch((fault: unknown) => {
      // One that was given up for a newer one says so here.
      if (this.#client === client) throw fault;
    });
  }

  /** @param isSure whether it need not be asked once more before the loss is told */
  #open(why: string, isSure = false): void {
    if (this.#isClosed) return;
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#renewedAt = performance.now();
      this.#probeUntilAnswered();
    }
    this.#why = why;
    if (isSure) this.#tell(why);
    void this.#probe(why);
  }

  #probeUntilAnswered(): void {
    clearInterval(this.#prober);
    this.#prober = setInterval(() => {
      void this.#probe(this.#why);
      this.#renew();
    }, probeEveryMs);
    this.#prober.unref();
  }

  /** A write, so that a Redis that is full or may only be read does not pass for one that serves. */
  async #probe(why: string): Promise<void> {
    const client = this.#client;
    if (this.#isProbing || this.#isClosed || client?.isReady !== true) return;
    this.#isProbing = true;
    try {
      const key = `${this.#options.prefix}probe`;
      await within(client.sendCommand(["SET", key, "1", "PX", "1000"]), this.#options.timeoutMs);
      if (this.#client === client) this.#close();
    } catch (fault) {
      if (this.#isClosed) return;
      const reason = fault instanceof Late ? why : (fault as Error).message;
      if (this.#isOpen) this.#tell(reason);
      else this.#open(reason, true);
    } finally {
      this.#isProbing = false;
    }
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    clearInterval(this.#prober);
    this.#isTold = false;
    this.#options.onChange(undefined);
  }

  /** A connection whose other end has gone without a word would be waited for many minutes. */
  #renew(): void {
    const now = performance.now();
    if (now - this.#renewedAt < renewAfterMs) return;
    this.#renewedAt = now;
    this.#tell(this.#why);
    this.#dismiss();
    this.#connect();
  }

  #tell(why: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#options.onChange(why);
  }

  #complain(message: string): void {
    const now = performance.now();
    if (now - this.#complainedAt < complainEveryMs) return;
    this.#complainedAt = now;
    this.#options.onTrouble(`the shared state has refused a command: ${message}`);
  }
}
