import type { ClockPort, KeyPort } from "./ports.ts";

const encoder = new TextEncoder();

export function base64url(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const part = (value: unknown): string => base64url(encoder.encode(JSON.stringify(value)));

/**
 * Makes DPoP proofs (RFC 9449 section 4.2) with a key that never leaves its place, one for each
 * request.
 */
export class Proofs {
  readonly #keys: KeyPort;
  readonly #name: string;
  readonly #clock: ClockPort;
  /** The nonce that each server gave last. */
  readonly #nonces = new Map<string, string>();
  /** How far the device's clock is from the servers'. */
  #skewMs = 0;
  #header: Promise<string> | undefined;

  constructor(keys: KeyPort, name: string, clock: ClockPort) {
    this.#keys = keys;
    this.#name = name;
    this.#clock = clock;
  }

  async make(method: string, url: string, accessToken?: string): Promise<string> {
    this.#header ??= this.#keys
      .obtain(this.#name)
      .then(({ jwk: { crv, kty, x, y } }) =>
        part({ typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } }),
      );
    const { origin, pathname } = new URL(url);
    const nonce = this.#nonces.get(origin);
    const payload = part({
      jti: base64url(crypto.getRandomValues(new Uint8Array(16))),
      htm: method,
      htu: `${origin}${pathname}`,
      iat: Math.floor((this.#clock.now() + this.#skewMs) / 1000),
      ...(nonce === undefined ? {} : { nonce }),
      ...(accessToken === undefined
        ? {}
        : {
            ath: base64url(
              new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(accessToken))),
            ),
          }),
    });
    const signed = `${await this.#header}.${payload}`;
    return `${signed}.${base64url(await this.#keys.sign(this.#name, encoder.encode(signed)))}`;
  }

  /** Every answer may bring a nonce for the next proof, and tells the time. */
  learn(url: string, response: Response): void {
    const nonce = response.headers.get("dpop-nonce");
    if (nonce !== null) this.#nonces.set(new URL(url).origin, nonce);
    const date = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(date) && Math.abs(date - this.#clock.now() - this.#skewMs) > 5000)
      this.#skewMs = date - this.#clock.now();
  }

  /** The key is gone: the next proof makes another. */
  forget(): void {
    this.#header = undefined;
    this.#nonces.clear();
  }
}
