import type { Jwks } from "@portcullis/guard/tokens";
import { type KeySource, openKeySource } from "./key-source.ts";

/** Who an issuer is, and where its keys are if its discovery document does not say. */
export interface IssuerAddress {
  readonly issuer: string;
  readonly jwksUri: string | undefined;
}

/** The keys of the issuer that the plan names, whichever that is just now. */
export class IssuerKeys {
  readonly #onKeys: (jwks: Jwks) => void;
  readonly #say: (message: string) => void;
  readonly #onFetched: (lost: string | undefined) => void;
  #source: KeySource | undefined;
  #followed = "";
  /** What was last obtained; undefined while there is none. */
  current: Jwks | undefined;

  constructor(
    onKeys: (jwks: Jwks) => void,
    say: (message: string) => void,
    onFetched: (lost: string | undefined) => void,
  ) {
    this.#onFetched = onFetched;
    this.#onKeys = onKeys;
    this.#say = say;
  }

  /**
   * Follows another issuer. The keys of the one before are forgotten at once: its tokens are no
   * longer believed.
   */
  follow(address: IssuerAddress | undefined): void {
    const wanted = address === undefined ? "" : `${address.issuer}\n${address.jwksUri ?? ""}`;
    if (wanted === this.#followed) return;
    this.#followed = wanted;
    this.#source?.close();
    this.#source = undefined;
    this.current = undefined;
    if (address === undefined) return;
    this.#source = openKeySource({
      issuer: address.issuer,
      jwksUri: address.jwksUri,
      onKeys: (jwks) => {
        if (this.#followed !== wanted) return;
        this.current = jwks;
        this.#onKeys(jwks);
      },
      onTrouble: this.#say,
      onFetched: (lost) => {
        if (this.#followed === wanted) this.#onFetched(lost);
      },
    });
  }

  askAgain(): void {
    this.#source?.askAgain();
  }

  close(): void {
    this.#source?.close();
  }
}
