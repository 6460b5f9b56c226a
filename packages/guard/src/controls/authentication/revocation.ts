import { refuse, type Refusal } from "../../facts/refusal.ts";
import { signInProblems } from "../../facts/sign-in-problems.ts";
import { problems } from "./problems.ts";
import { type Caller, mainSource } from "../../facts/caller.ts";

/**
 * Which tokens are revoked. `session`, `device`, `token` and `client` end what they name; `subject`
 * ends everything of a person that is older than a moment or a version of the account; `everything`
 * ends all tokens older than a moment.
 */
export const revocationKinds = [
  "token",
  "session",
  "device",
  "subject",
  "client",
  "everything",
] as const;

export interface Revocation {
  readonly kind: (typeof revocationKinds)[number];
  /** `jti`, `sid`, device, `sub` or `client_id`; empty for everything. */
  readonly value: string;
  /** Tokens issued at this second or before it; undefined: all. */
  readonly beforeSeconds: number | undefined;
  /**
   * Ends tokens that were made for an older version of the account. Their bearer need not sign in
   * again: a new token is enough.
   */
  readonly leastVersion: number | undefined;
  /** By then every token it speaks of has expired. */
  readonly expiresAtSeconds: number;
}

/**
 * The revocations that may still matter, in one thread. Asked on every request: nothing is looked
 * up while nothing is revoked.
 */
export class Revocations {
  readonly #byKind = new Map<Revocation["kind"], Map<string, Revocation>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /**
   * Each node reads the feed with some overlap, so the same revocation may come several times. It
   * then changes nothing.
   */
  add(revocations: readonly Revocation[]): void {
    for (const revocation of revocations) {
      let named = this.#byKind.get(revocation.kind);
      if (named === undefined) this.#byKind.set(revocation.kind, (named = new Map()));
      if (!named.has(revocation.value)) this.#size += 1;
      named.set(revocation.value, revocation);
    }
  }

  forgetExpired(nowSeconds: number): void {
    for (const named of this.#byKind.values()) {
      for (const [value, { expiresAtSeconds }] of named) {
        if (expiresAtSeconds >= nowSeconds) continue;
        named.delete(value);
        this.#size -= 1;
      }
    }
  }

  check(caller: Caller): Refusal | undefined {
    if (this.#size === 0) return undefined;
    const { clientId, deviceId, key, sessionId, source, subject, tokenId } = caller;
    const everything = this.#judge("everything", "", caller);
    if (key !== subject) {
      const named = this.#judgeIn(source, caller);
      // What the issuer itself revokes, it names as it names it in its tokens; other sources may
      // use the same names for others.
      if (named !== undefined || source !== mainSource) return named ?? everything;
    }
    return (
      this.#judge("session", sessionId, caller) ??
      this.#judge("subject", subject, caller) ??
      this.#judge("device", deviceId, caller) ??
      this.#judge("token", tokenId, caller) ??
      this.#judge("client", clientId, caller) ??
      everything
    );
  }

  /** Names that one of several sources gives, behind its own. */
  #judgeIn(source: string, caller: Caller): Refusal | undefined {
    const { clientId, deviceId, key, sessionId, tokenId } = caller;
    const within = (name: string | undefined): string | undefined =>
      name === undefined ? undefined : `${source}/${name}`;
    return (
      this.#judge("session", within(sessionId), caller) ??
      this.#judge("subject", key, caller) ??
      this.#judge("device", within(deviceId), caller) ??
      this.#judge("token", within(tokenId), caller) ??
      this.#judge("client", within(clientId), caller)
    );
  }

  #judge(
    kind: Revocation["kind"],
    value: string | undefined,
    { accountVersion, issuedAtSeconds }: Caller,
  ): Refusal | undefined {
    const found = value === undefined ? undefined : this.#byKind.get(kind)?.get(value);
    if (found === undefined) return undefined;
    const { beforeSeconds, leastVersion } = found;
    // A token that does not name its version of the account, or the time it was made, is taken for
    // the oldest.
    if (leastVersion !== undefined && (accountVersion ?? 0) < leastVersion)
      return refuse(problems["token-outdated"], {
        detail: "what the account may do has changed since",
      });
    if (beforeSeconds !== undefined)
      return (issuedAtSeconds ?? 0) <= beforeSeconds
        ? refuse(signInProblems["token-revoked"], { detail: `by ${kind} and time` })
        : undefined;
    return leastVersion === undefined
      ? refuse(signInProblems["token-revoked"], { detail: `by ${kind}` })
      : undefined;
  }
}
