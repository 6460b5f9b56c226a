import { createHmac, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import type { Caller } from "../../facts/caller.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import type { WriteVersions } from "../../state/write-versions.ts";
import { problems } from "./problems.ts";

/** What was said of a credential: who calls, or why nobody does. */
export type Said = Caller | Refusal;

interface Remembered {
  readonly said: Said;
  readonly untilMs: number;
  /** How often the credential had been forgotten when it was asked about. */
  readonly version: number;
}

export interface RememberingRules {
  readonly rememberMs: number;
  /** Shared by all threads: what one forgets, all forget. */
  readonly secret: Uint8Array | undefined;
  readonly versions: WriteVersions;
}

const mostRemembered = 20_000;
const mostAsking = 1000;

/**
 * Remembers what somebody else has said of credentials, by a keyed hash of each: whoever reads the
 * memory of the process must not find sessions in it. One question for each credential is under way
 * at a time. Callers and refusals are kept apart, so that a flood of made-up credentials cannot push
 * out good ones; two generations bound either.
 */
export class RememberedCallers {
  readonly #rules: RememberingRules;
  readonly #key: KeyObject;
  readonly #callers = new Generations();
  readonly #refusals = new Generations();
  readonly #asking = new Map<string, Promise<Said>>();

  constructor(rules: RememberingRules) {
    this.#rules = rules;
    this.#key = createSecretKey(rules.secret ?? randomBytes(32));
  }

  /** What is known of a credential, or what `ask` says of it. */
  find(name: string, nowMs: number, ask: () => Promise<Said>): Said | Promise<Said> {
    const key = this.#keyOf(name);
    const known = this.#callers.get(key) ?? this.#refusals.get(key);
    if (known !== undefined && nowMs < known.untilMs && known.version === this.#version(key))
      return known.said;
    const underWay = this.#asking.get(key);
    if (underWay !== undefined) return underWay;
    if (this.#asking.size >= mostAsking)
      return refuse(problems["caller-unknown"], {
        detail: `${mostAsking} credentials are being asked about`,
        retryAfterSeconds: 2,
      });
    const asking = this.#ask(key, nowMs, ask).finally(() => {
      if (this.#asking.get(key) === asking) this.#asking.delete(key);
    });
    this.#asking.set(key, asking);
    return asking;
  }

  /** The credential may name somebody else from now on, or nobody: on every thread. */
  forget(name: string): void {
    const key = this.#keyOf(name);
    this.#rules.versions.written(key);
    // Who asked before must not be answered to who comes after.
    this.#asking.delete(key);
  }

  async #ask(key: string, nowMs: number, ask: () => Promise<Said>): Promise<Said> {
    const version = this.#version(key);
    const said = await ask();
    const isRefused = isRefusal(said);
    // A source that could not be asked is asked again the next time.
    if (isRefused && said.problem.status >= 500) return said;
    const endMs = isRefused ? Infinity : said.expiresAtSeconds * 1000;
    const untilMs = Math.min(nowMs + this.#rules.rememberMs, endMs);
    (isRefused ? this.#refusals : this.#callers).set(key, { said, untilMs, version });
    (isRefused ? this.#callers : this.#refusals).delete(key);
    return said;
  }

  #version(key: string): number {
    return this.#rules.versions.of(key);
  }

  #keyOf(name: string): string {
    return createHmac("sha256", this.#key).update(name).digest("base64url");
  }
}

class Generations {
  #young = new Map<string, Remembered>();
  #old = new Map<string, Remembered>();

  get(key: string): Remembered | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: Remembered): void {
    if (this.#young.size >= mostRemembered / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
