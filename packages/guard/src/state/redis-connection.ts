import { type KeeperOptions, ServerKeeper } from "./redis/server-keeper.ts";
import { Garbage, isNoScript, isTryAgain } from "./redis/refusals.ts";
import type { RedisServers } from "./redis/redis-servers.ts";
import type { Script } from "./redis/script.ts";
import type { StateMeasures } from "./state-measures.ts";
import { Late, within } from "./within.ts";

/** What rejects while Redis is lost: nobody can tell what it would have said. */
export class StateLost extends Error {
  constructor(why: string) {
    super(`the shared state cannot be reached: ${why}`);
    this.name = "StateLost";
  }
}

export interface RedisConnectionOptions extends KeeperOptions {
  readonly measures: StateMeasures;
}

/** Given an answer for which nobody has waited: what it says was done, and must be undone. */
export type OnLate = (answer: unknown) => void;

const tryAgainAfterMs = 3;
const mostTries = 10;

/** What all users of Redis ask by, in whatever form it is there. While it is lost nobody waits. */
export class RedisConnection {
  readonly #keeper: ServerKeeper;
  readonly #timeoutMs: number;
  readonly #measures: StateMeasures;

  constructor(options: RedisConnectionOptions) {
    this.#measures = options.measures;
    this.#timeoutMs = options.plan.timeoutMs;
    this.#keeper = new ServerKeeper(options);
  }

  /** Whether every server answers, as far as is known. */
  get isAvailable(): boolean {
    return this.#keeper.isAvailable;
  }

  /** Whether a server has begun to answer a moment ago, perhaps again, perhaps in another's place. */
  get isFresh(): boolean {
    return this.#keeper.isFresh;
  }

  /** Whether the server of a key answers, as far as is known. */
  serves(key: string): boolean {
    return this.#keeper.serverFor(key) !== undefined;
  }

  /** Keys of one place can be changed by one script. */
  placeOf(key: string): number {
    return this.#keeper.servers?.placeOf(key) ?? 0;
  }

  /** @throws StateLost when the answer does not come in time, or is a refusal */
  ask(key: string, words: readonly string[]): Promise<unknown> {
    return this.#ask(key, (servers) => servers.send(key, words), undefined);
  }

  /**
   * Runs a script on keys of one slot.
   *
   * @throws StateLost when the answer does not come in time, or is a refusal
   */
  run(
    script: Script,
    keys: readonly string[],
    words: readonly string[],
    onLate?: OnLate,
  ): Promise<unknown> {
    const key = keys[0] as string;
    return this.#ask(key, (servers) => sendScript(servers, script, keys, words), onLate);
  }

  /** Takes back what a server has done; nobody waits, and one that may not be asked is told too. */
  undo(script: Script, keys: readonly string[], words: readonly string[]): void {
    const { servers } = this.#keeper;
    if (servers !== undefined) sendScript(servers, script, keys, words).catch(() => undefined);
  }

  /** An answer is not what was asked for: whoever answers is not believed. */
  distrust(key: string): StateLost {
    const fault = new Garbage();
    const server = this.#keeper.serverFor(key);
    if (server !== undefined) this.#keeper.failed(server, fault);
    return new StateLost(fault.message);
  }

  close(): void {
    this.#keeper.close();
  }

  async #ask(
    key: string,
    send: (servers: RedisServers) => Promise<unknown>,
    onLate: OnLate | undefined,
  ): Promise<unknown> {
    const { servers } = this.#keeper;
    const server = this.#keeper.serverFor(key);
    if (servers === undefined || server === undefined) throw new StateLost(this.#keeper.why);
    const askedAt = performance.now();
    const work = untilThere(() => send(servers));
    try {
      const answer = await within(work, this.#timeoutMs);
      this.#measures.roundTrip(performance.now() - askedAt);
      return answer;
    } catch (fault) {
      if (fault instanceof Late && onLate !== undefined) work.then(onLate, () => undefined);
      this.#keeper.failed(server, fault as Error);
      throw new StateLost((fault as Error).message);
    }
  }
}

async function sendScript(
  servers: RedisServers,
  { digest, text }: Script,
  keys: readonly string[],
  words: readonly string[],
): Promise<unknown> {
  const key = keys[0] as string;
  const rest = [String(keys.length), ...keys, ...words];
  try {
    return await servers.send(key, ["EVALSHA", digest, ...rest]);
  } catch (fault) {
    if (!isNoScript(fault as Error)) throw fault;
    return servers.send(key, ["EVAL", text, ...rest]);
  }
}

/** While a slot is on its way to another node, what asks for several of its keys is put off. */
async function untilThere(send: () => Promise<unknown>): Promise<unknown> {
  for (let tries = 1; ; tries += 1)
    try {
      return await send();
    } catch (fault) {
      if (tries === mostTries || !isTryAgain(fault as Error)) throw fault;
      await new Promise((resolve) => setTimeout(resolve, tryAgainAfterMs));
    }
}
