import { addressOf } from "./address.ts";
import { base64url, utf8 } from "./bytes.ts";
import type { ClockPort, HashPort, KeyPort, RandomPort } from "./ports.ts";

const part = (value: unknown): string => base64url(utf8(JSON.stringify(value)));

export interface ProofParts {
  readonly keys: KeyPort;
  readonly keyName: string;
  readonly clock: ClockPort;
  readonly random: RandomPort;
  readonly hash: HashPort;
}

/**
 * Makes DPoP proofs (RFC 9449 section 4.2) with a key that never leaves its place, one for each
 * request.
 */
export class Proofs {
  readonly #parts: ProofParts;
  /** The nonce that each server gave last. */
  readonly #nonces = new Map<string, string>();
  /** How far the device's clock is from the servers'. */
  #skewMs = 0;
  #header: Promise<string> | undefined;

  constructor(parts: ProofParts) {
    this.#parts = parts;
  }

  async make(method: string, url: string, accessToken?: string): Promise<string> {
    const { hash, keyName, keys, random } = this.#parts;
    this.#header ??= keys
      .obtain(keyName)
      .then(({ jwk: { crv, kty, x, y } }) =>
        part({ typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } }),
      );
    const { origin, path } = addressOf(url);
    const nonce = this.#nonces.get(origin);
    const payload = part({
      jti: base64url(random(16)),
      htm: method,
      htu: `${origin}${path}`,
      iat: Math.floor(this.now() / 1000),
      ...(nonce === undefined ? {} : { nonce }),
      ...(accessToken === undefined ? {} : { ath: base64url(await hash(utf8(accessToken))) }),
    });
    const signed = `${await this.#header}.${payload}`;
    return `${signed}.${base64url(await keys.sign(keyName, utf8(signed)))}`;
  }

  /** Milliseconds since 1970, as the servers believe: devices' clocks are set by people. */
  now(): number {
    return this.#parts.clock.now() + this.#skewMs;
  }

  /** Every answer may bring a nonce for the next proof, and tells the time. */
  learn(url: string, response: Response): void {
    const nonce = response.headers.get("dpop-nonce");
    if (nonce !== null) this.#nonces.set(addressOf(url).origin, nonce);
    const date = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(date) && Math.abs(date - this.now()) > 5000)
      this.#skewMs = date - this.#parts.clock.now();
  }

  /** The key is gone: the next proof makes another. */
  forget(): void {
    this.#header = undefined;
    this.#nonces.clear();
  }
}
