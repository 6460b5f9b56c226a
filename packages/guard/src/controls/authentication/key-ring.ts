import type { webcrypto } from "node:crypto";
import { compileKeySet, type KeySet } from "./key-set.ts";

/** Public keys of an issuer as they were obtained (RFC 7517). */
export interface Jwks {
  readonly keys: readonly webcrypto.JsonWebKey[];
}

/** Where the keys come from that tokens are verified with. */
export interface KeySource {
  /** The keys that serve one of these algorithms; undefined while none were ever obtained. */
  keySet(algorithms: readonly string[]): KeySet | undefined;
  /** Calls back whenever the keys have changed, until the function that it returns is called. */
  watch(changed: () => void): () => void;
}

/** Keys that may be replaced while the gate serves. */
export class KeyRing implements KeySource {
  readonly #watchers = new Set<() => void>();
  #jwks: Jwks | undefined;

  constructor(jwks?: Jwks) {
    this.#jwks = jwks;
  }

  keySet(algorithms: readonly string[]): KeySet | undefined {
    return this.#jwks === undefined ? undefined : compileKeySet(this.#jwks, algorithms);
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  replace(jwks: Jwks): void {
    this.#jwks = jwks;
    for (const changed of this.#watchers) changed();
  }
}
