import type { IdentityPlan } from "@portcullis/guard/policy/plan";
import { type Jwks, type KeySource, openKeySource } from "./key-source.ts";

/** The keys of the issuer that the plan names, whichever that is just now. */
export class IssuerKeys {
  readonly #onKeys: (jwks: Jwks) => void;
  readonly #say: (message: string) => void;
  #source: KeySource | undefined;
  #followed = "";
  /** What was last obtained; undefined while there is none. */
  current: Jwks | undefined;

  constructor(onKeys: (jwks: Jwks) => void, say: (message: string) => void) {
    this.#onKeys = onKeys;
    this.#say = say;
  }

  /** Keys of another issuer are not this one's: they are forgotten at once. */
  follow(identity: IdentityPlan | undefined): void {
    const wanted = identity === undefined ? "" : `${identity.issuer}\n${identity.jwksUri ?? ""}`;
    if (wanted === this.#followed) return;
    this.#followed = wanted;
    this.#source?.close();
    this.#source = undefined;
    this.current = undefined;
    if (identity === undefined) return;
    this.#source = openKeySource({
      issuer: identity.issuer,
      jwksUri: identity.jwksUri,
      onKeys: (jwks) => {
        if (this.#followed !== wanted) return;
        this.current = jwks;
        this.#onKeys(jwks);
      },
      onTrouble: this.#say,
    });
  }

  askAgain(): void {
    this.#source?.askAgain();
  }

  close(): void {
    this.#source?.close();
  }
}
