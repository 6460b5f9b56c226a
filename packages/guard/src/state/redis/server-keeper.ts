import { Late } from "../within.ts";
import { Breaker } from "./breaker.ts";
import { nowAndThen } from "./now-and-then.ts";
import { openServers } from "./open-servers.ts";
import { answering, type Probing, probe } from "./probe.ts";
import type { RedisPlan } from "./redis-plan.ts";
import type { RedisServer, RedisServers, RedisTls } from "./redis-servers.ts";
import { Garbage, lossOf } from "./refusals.ts";

export interface KeeperOptions {
  readonly plan: RedisPlan;
  /** Of servers at rediss://; without it the public authorities are believed. */
  readonly tls?: RedisTls | undefined;
  /** What every key begins with. */
  readonly prefix: string;
  /** Why Redis is lost, once for each loss; undefined when it answers again. */
  readonly onChange: (lost: string | undefined) => void;
  /** A command was refused though Redis answers. */
  readonly onTrouble: (message: string) => void;
}

const probeEveryMs = 100;
/** A server that is lost for so long is looked for anew: another may serve in its place. */
const renewAfterMs = 300;
const renewEveryMs = 1000;
const lookEveryMs = 1000;
const freshMs = 2000;

/**
 * The servers of Redis, each with a breaker that all users share. The first timeout opens it; while
 * it is open nobody waits, and a probe that writes closes it. What stays lost is connected anew.
 */
export class ServerKeeper {
  readonly #options: KeeperOptions;
  /** Undefined until the first connection stands. */
  #servers: RedisServers | undefined;
  #breakers = new Map<string, Breaker>();
  #isClosed = false;
  /** Whether its loss was told. */
  #isTold = false;
  /** Whether its return was told, and nothing was lost since. */
  #isWell = false;
  #isRenewing = false;
  #why = "not connected yet";
  #renewedAt = Number.NEGATIVE_INFINITY;
  #returnedAt = Number.NEGATIVE_INFINITY;
  #mender: NodeJS.Timeout | undefined;
  readonly #looker: NodeJS.Timeout;
  readonly #probing: Probing;
  readonly #complain: (message: string) => void;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#complain = nowAndThen(options.onTrouble);
    this.#probing = { prefix: options.prefix, timeoutMs: options.plan.timeoutMs };
    this.#looker = setInterval(() => void this.#lookAround(), lookEveryMs);
    this.#looker.unref();
    this.#mend();
    void this.#renew();
  }

  get servers(): RedisServers | undefined {
    return this.#servers;
  }

  /** Why it is lost, or was at last. */
  get why(): string {
    return this.#why;
  }

  /** Whether every server may be asked. */
  get isAvailable(): boolean {
    const servers = this.#servers?.all() ?? [];
    return servers.length > 0 && servers.every((server) => this.#mayBeAsked(server));
  }

  /** Whether a server has begun to answer a moment ago, perhaps again, perhaps in another's place. */
  get isFresh(): boolean {
    return performance.now() - this.#returnedAt < freshMs;
  }

  /** The server of a key; undefined while it may not be asked. */
  serverFor(key: string): RedisServer | undefined {
    const server = this.#servers?.serverOf(key);
    return server !== undefined && this.#mayBeAsked(server) ? server : undefined;
  }

  /** A command did not do what it should. A refusal of one command loses nothing else. */
  failed(server: RedisServer, fault: Error): void {
    const loss = lossOf(fault);
    if (fault instanceof Late) this.#open(server, fault.message, false);
    else if (fault instanceof Garbage || loss !== undefined || !server.isReady)
      this.#open(server, fault.message, true);
    else {
      this.#complain(`the shared state has refused a command: ${fault.message}`);
      void this.#probe(server);
    }
    if (loss?.moved === true) void this.#renew();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#looker);
    clearInterval(this.#mender);
    this.#servers?.destroy();
    this.#servers = undefined;
  }

  #mayBeAsked(server: RedisServer): boolean {
    return server.isReady && !this.#breakerOf(server).isOpen;
  }

  #breakerOf({ name }: RedisServer): Breaker {
    let breaker = this.#breakers.get(name);
    if (breaker === undefined) {
      breaker = new Breaker();
      this.#breakers.set(name, breaker);
      this.#mend();
    }
    return breaker;
  }

  /** @param isSure whether it need not be asked once more before the loss is told */
  #open(server: RedisServer, why: string, isSure: boolean): void {
    if (this.#isClosed) return;
    this.#breakerOf(server).open();
    this.#isWell = false;
    this.#why = why;
    if (isSure) this.#tell(why);
    this.#mend();
    void this.#probe(server);
  }

  #close(breaker: Breaker): void {
    breaker.close();
    this.#returnedAt = performance.now();
  }

  /** A connection was made or lost. */
  #changed(servers: RedisServers, fault: unknown): void {
    if (this.#isClosed || this.#servers !== servers) return;
    for (const server of servers.all())
      if (!server.isReady)
        this.#open(server, fault instanceof Error ? fault.message : this.#why, true);
      else if (this.#breakerOf(server).isOpen) void this.#probe(server);
  }

  /** Looks after what is lost until nothing is. */
  #mend(): void {
    if (this.#mender !== undefined || this.#isClosed) return;
    this.#mender = setInterval(() => {
      const lost = this.#servers?.all().filter((server) => !this.#mayBeAsked(server));
      for (const server of lost ?? []) void this.#probe(server);
      if (lost === undefined || lost.some((one) => this.#breakerOf(one).openMs > renewAfterMs))
        void this.#renew();
    }, probeEveryMs);
    this.#mender.unref();
  }

  async #probe(server: RedisServer): Promise<void> {
    const servers = this.#servers;
    const breaker = this.#breakerOf(server);
    if (servers === undefined || breaker.isProbing || !server.isReady) return;
    breaker.isProbing = true;
    try {
      await probe(servers, server, this.#probing);
      if (this.#servers === servers && breaker.isOpen) this.#close(breaker);
      this.#lookWhetherWell();
    } catch (fault) {
      if (this.#isClosed || this.#servers !== servers) return;
      const why = fault instanceof Late ? this.#why : (fault as Error).message;
      if (breaker.isOpen) this.#tell(why);
      else this.#open(server, why, true);
      if (lossOf(fault as Error)?.moved === true) void this.#renew();
    } finally {
      breaker.isProbing = false;
    }
  }

  #lookWhetherWell(): void {
    if (this.#isClosed || !this.isAvailable) return;
    clearInterval(this.#mender);
    this.#mender = undefined;
    if (this.#isWell) return;
    this.#isWell = true;
    this.#isTold = false;
    this.#options.onChange(undefined);
  }

  /**
   * Connects anew beside what there is, and goes over where that finds a server that answers and
   * does not answer by now.
   */
  async #renew(isOutdated = false): Promise<void> {
    const now = performance.now();
    const pauseMs = this.#servers === undefined ? renewAfterMs : renewEveryMs;
    if (this.#isRenewing || this.#isClosed || now - this.#renewedAt < pauseMs) return;
    this.#isRenewing = true;
    this.#renewedAt = now;
    let found: RedisServers | undefined;
    try {
      found = await openServers({
        plan: this.#options.plan,
        tls: this.#options.tls,
        onChange: (fault) => found !== undefined && this.#changed(found, fault),
      });
      await this.#goOver(found, isOutdated);
    } catch (fault) {
      if (this.#isClosed || this.isAvailable) return;
      if (!(fault instanceof Late)) this.#why = (fault as Error).message;
      this.#tell(this.#why);
    } finally {
      this.#isRenewing = false;
    }
  }

  async #goOver(found: RedisServers, isOutdated: boolean): Promise<void> {
    const good = await answering(found, this.#probing, renewAfterMs, ({ message }) => {
      if (!this.isAvailable) this.#why = message;
    });
    const isKnown = ({ name }: RedisServer): boolean =>
      this.#breakers.get(name)?.isOpen === false && !isOutdated;
    const isBetter = good.some((server) => !isKnown(server)) || good.length === found.all().length;
    if (this.#isClosed || (this.#servers !== undefined && !isBetter)) {
      found.destroy();
      return;
    }
    const before = this.#servers;
    this.#servers = found;
    this.#breakers = new Map();
    for (const server of good) this.#close(this.#breakerOf(server));
    // What waits for an answer has it, or has given up by then.
    setTimeout(() => before?.destroy(), 2 * this.#options.plan.timeoutMs).unref();
    this.#mend();
    this.#lookWhetherWell();
  }

  async #lookAround(): Promise<void> {
    const servers = this.#servers;
    const isOutdated = await servers?.isOutdated().catch(() => false);
    if (isOutdated === true && this.#servers === servers) void this.#renew(true);
  }

  #tell(why: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#options.onChange(why);
  }
}
