import { type Jwks, KeyRing } from "@portcullis/guard/tokens";

/** The keys of other issuers in this thread; one that has none yet has an empty ring. */
export class SourceKeyRings {
  readonly #rings = new Map<string, KeyRing>();

  of(keysId: string): KeyRing {
    let ring = this.#rings.get(keysId);
    if (ring === undefined) this.#rings.set(keysId, (ring = new KeyRing()));
    return ring;
  }

  replace(keysId: string, jwks: Jwks): void {
    this.of(keysId).replace(jwks);
  }
}
