import { hash, randomBytes } from "node:crypto";
import type { Caller } from "../../facts/caller.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import type { WriteVersions } from "../../state/write-versions.ts";
import { problems } from "./problems.ts";
import { TwoGenerations } from "./two-generations.ts";

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
  /** Whether it is remembered too that nobody is known by a credential. */
  readonly remembersRefusals: boolean;
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
  readonly #key: string;
  readonly #callers = new TwoGenerations<Remembered>(mostRemembered);
  readonly #refusals = new TwoGenerations<Remembered>(mostRemembered);
  readonly #asking = new Map<string, Promise<Said>>();

  constructor(rules: RememberingRules) {
    this.#rules = rules;
    this.#key = Buffer.from(rules.secret ?? randomBytes(32)).toString("hex");
  }

  /** What is known of a credential, or what `ask` says of it. */
  find(name: string, nowMs: number, ask: () => Said | Promise<Said>): Said | Promise<Said> {
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
    const version = this.#version(key);
    const said = ask();
    if (!(said instanceof Promise)) return this.#keep(key, { said, version }, nowMs);
    const asking = said
      .then((one) => this.#keep(key, { said: one, version }, nowMs))
      .finally(() => {
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

  #keep(key: string, { said, version }: Pick<Remembered, "said" | "version">, nowMs: number): Said {
    const { rememberMs, remembersRefusals } = this.#rules;
    const isRefused = isRefusal(said);
    // A source that could not be asked is asked again the next time.
    if (isRefused && (!remembersRefusals || said.problem.status >= 500)) return said;
    const endMs = isRefused ? Infinity : said.expiresAtSeconds * 1000;
    const untilMs = Math.min(nowMs + rememberMs, endMs);
    (isRefused ? this.#refusals : this.#callers).set(key, { said, untilMs, version });
    (isRefused ? this.#callers : this.#refusals).delete(key);
    return said;
  }

  #version(key: string): number {
    return this.#rules.versions.of(key);
  }

  /**
   * Keyed by what stands before the name: a truncated hash cannot be extended by who sees others
   * (NIST SP 800-107 section 5.3.5), and it takes half the time of an HMAC, on every request.
   */
  #keyOf(name: string): string {
    return hash("sha512-256", this.#key + name, "base64url");
  }
}
