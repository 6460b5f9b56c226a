import type { LearnedEntry, LearnedState } from "./learned.ts";
import { script } from "./redis/script.ts";
import type { RedisConnection } from "./redis-connection.ts";
import type { SharedLearnedState } from "./shared-learned.ts";

/**
 * Keeps an entry, unless the name has another owner: then it is taken from both. One statement, so
 * that of two sign-ins at two nodes neither is missed. Answers 1 where it is kept.
 */
const keepScript = script(`
local before = redis.call('GET', KEYS[1])
if before and string.match(before, '^[^.]*') ~= string.match(ARGV[1], '^[^.]*') then
  redis.call('DEL', KEYS[1])
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
`);

/** Until Redis has what this process has just sent it. */
const onTheWaySeconds = 5;

/**
 * The same for many nodes, in Redis. What this process has learned within the last seconds it knows
 * by itself: the app may use its credential before Redis has been told.
 */
export class RedisLearnedState implements LearnedState {
  readonly trustMs = 5000;
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #here: SharedLearnedState;

  constructor(connection: RedisConnection, prefix: string, here: SharedLearnedState) {
    this.#connection = connection;
    this.#prefix = `${prefix}learned:`;
    this.#here = here;
  }

  /** @throws StateLost where Redis cannot be asked: nobody can tell whether the caller left */
  async get(name: string): Promise<LearnedEntry | undefined> {
    const key = this.#prefix + name;
    const told = await this.#connection.ask(key, ["GET", key]);
    if (typeof told === "string") return entryOf(told);
    return this.#here.isYoung(name, onTheWaySeconds) ? this.#here.get(name) : undefined;
  }

  put(name: string, entry: LearnedEntry, onTaken: () => void): boolean {
    if (!this.#here.put(name, entry)) {
      this.#forget(name);
      return false;
    }
    const seconds = entry.expiresAtSeconds - this.#here.nowSeconds();
    if (seconds < 1) return true;
    const words = [textOf(entry), String(seconds)];
    this.#connection.run(keepScript, [this.#prefix + name], words).then(
      (answer) => {
        if (Number(answer) === 1) return;
        this.#here.remove(name);
        onTaken();
      },
      () => undefined,
    );
    return true;
  }

  remove(name: string): void {
    this.#here.remove(name);
    this.#forget(name);
  }

  /** Nobody waits for it; where it fails, that is told of by the connection. */
  #forget(name: string): void {
    const key = this.#prefix + name;
    this.#connection.ask(key, ["DEL", key]).catch(() => undefined);
  }
}

const textOf = ({ expiresAtSeconds, owner, sealed }: LearnedEntry): string =>
  [
    Buffer.from(owner).toString("base64url"),
    String(expiresAtSeconds),
    Buffer.from(sealed).toString("base64url"),
  ].join(".");

function entryOf(text: string): LearnedEntry | undefined {
  const [owner = "", expires = "", sealed] = text.split(".");
  return sealed === undefined
    ? undefined
    : {
        owner: Buffer.from(owner, "base64url"),
        sealed: Buffer.from(sealed, "base64url"),
        expiresAtSeconds: Number(expires),
      };
}
