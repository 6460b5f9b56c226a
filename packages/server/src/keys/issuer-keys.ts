import type { Jwks } from "@portcullis/guard/tokens";
import { type KeySource, openKeySource } from "./key-source.ts";

export interface IssuerKeysOptions {
  readonly onKeys: (jwks: Jwks) => void;
  /** How far the issuer's clock is ahead of the one that threads share. */
  readonly onTime: (aheadMs: number) => void;
  readonly onFetched: (lost: string | undefined) => void;
  readonly say: (message: string) => void;
}

/** Who an issuer is, and where its keys are if its discovery document does not say. */
export interface IssuerAddress {
  readonly issuer: string;
  readonly jwksUri: string | undefined;
}

/** The keys of the issuer that the plan names, whichever that is just now. */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  #source: KeySource | undefined;
  #followed = "";
  /** What was last obtained; undefined while there is none. */
  current: Jwks | undefined;

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
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
    const { onFetched, onKeys, onTime, say } = this.#options;
    this.#source = openKeySource({
      issuer: address.issuer,
      jwksUri: address.jwksUri,
      onKeys: (jwks) => {
        if (this.#followed !== wanted) return;
        this.current = jwks;
        onKeys(jwks);
      },
      onTrouble: say,
      onTime,
      onFetched: (lost) => {
        if (this.#followed === wanted) onFetched(lost);
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
