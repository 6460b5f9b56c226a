import { createHash, generateKeyPairSync, type webcrypto } from "node:crypto";
import { longestTokenSeconds } from "../people/revoke.ts";
import type { Sealing } from "../store/sealing.ts";
import type { SigningKeyRecord, SigningKeyTable } from "../store/signing-keys.ts";

/** Public keys as they are published. */
export interface Jwks {
  readonly keys: readonly webcrypto.JsonWebKey[];
}

export type PrivateJwk = webcrypto.JsonWebKey & {
  readonly kid: string;
  readonly alg: string;
  readonly use: string;
};

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly createdAt: number;
  readonly signsFrom: number;
  readonly retiredAt: number | undefined;
  readonly goneAt: number | undefined;
  readonly state: "next" | "signing" | "retired" | "gone";
}

/** A key without what makes it secret. */
export function publicPart({
  alg,
  crv,
  kid,
  kty,
  use,
  x,
  y,
}: PrivateJwk): webcrypto.JsonWebKey & { readonly kid: string } {
  return {
    alg,
    kid,
    use,
    ...(kty === undefined ? {} : { kty }),
    ...(crv === undefined ? {} : { crv }),
    ...(x === undefined ? {} : { x }),
    ...(y === undefined ? {} : { y }),
  };
}

/**
 * A new key is published so long before it signs. Others may keep the public keys for ten minutes:
 * twice that is enough for everybody to have it.
 */
const publishAheadMs = 20 * 60_000;
const rotateAfterMs = 30 * 86_400_000;

/**
 * The keys that sign tokens: made here, published ahead, rotated by age or by command; old tokens
 * stay valid until they end.
 */
export class SigningKeys {
  readonly #table: SigningKeyTable;
  readonly #sealing: Sealing;
  readonly #now: () => number;

  constructor(table: SigningKeyTable, sealing: Sealing, now: () => number) {
    this.#table = table;
    this.#sealing = sealing;
    this.#now = now;
  }

  /**
   * Makes the first key, and the next one when the newest is old enough. Two nodes that do so at
   * once make two keys, which harms nobody.
   */
  async keepFresh(): Promise<void> {
    const now = this.#now();
    const newest = (await this.#table.believed(now))
      .filter((key) => key.retiredAtMs === undefined)
      .sort((a, b) => b.createdAtMs - a.createdAtMs)[0];
    if (newest === undefined) await this.#make(now);
    else if (now - newest.createdAtMs > rotateAfterMs) await this.rotate();
    // Keys that signed before the current one sign no more.
    for (const old of whichMaySign(await this.#table.believed(now), now).slice(1))
      await this.retire(old.kid);
  }

  /**
   * A new key, published now and signing once everybody can have it. `atOnce` is for a key that was
   * stolen: tokens of the new one may be refused for some minutes by others.
   */
  async rotate(atOnce = false): Promise<string> {
    return this.#make(this.#now() + (atOnce ? 0 : publishAheadMs));
  }

  /**
   * It signs no more; what it has signed stays valid until it ends. `atOnce`: it is not believed
   * any more.
   */
  async retire(kid: string, atOnce = false): Promise<boolean> {
    const now = this.#now();
    return this.#table.retire(kid, now, atOnce ? now : now + longestTokenSeconds * 1000);
  }

  async list(): Promise<readonly SigningKey[]> {
    const now = this.#now();
    const keys = await this.#table.all();
    const signing = signingKey(keys, now)?.kid;
    return keys.map((key) => ({
      kid: key.kid,
      algorithm: key.algorithm,
      createdAt: key.createdAtMs,
      signsFrom: key.signsFromMs,
      retiredAt: key.retiredAtMs,
      goneAt: key.goneAtMs,
      state: stateOf(key, signing, now),
    }));
  }

  /** Private keys, the one that signs first. */
  async forProvider(): Promise<readonly PrivateJwk[]> {
    const now = this.#now();
    const keys = await this.#table.believed(now);
    const signing = signingKey(keys, now);
    const ordered = [
      ...(signing === undefined ? [] : [signing]),
      ...keys.filter((key) => key !== signing).sort((a, b) => a.createdAtMs - b.createdAtMs),
    ];
    return ordered.map(
      ({ kid, sealed }) => JSON.parse(this.#sealing.open(sealed, placeOf(kid))) as PrivateJwk,
    );
  }

  async #make(signsFromMs: number): Promise<string> {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const jwk = privateKey.export({ format: "jwk" });
    // RFC 7638: the members that make the key, in order.
    const kid = createHash("sha256")
      .update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }))
      .digest("base64url");
    const whole: PrivateJwk = { ...jwk, kid, alg: "ES256", use: "sig" };
    await this.#table.add({
      kid,
      algorithm: "ES256",
      publicJwk: JSON.stringify(publicPart(whole)),
      sealed: this.#sealing.seal(JSON.stringify(whole), placeOf(kid)),
      createdAtMs: this.#now(),
      signsFromMs,
    });
    return kid;
  }
}

const placeOf = (kid: string): string => `signing_keys/${kid}`;

function stateOf(
  { goneAtMs, kid, retiredAtMs }: SigningKeyRecord,
  signing: string | undefined,
  nowMs: number,
): SigningKey["state"] {
  if (goneAtMs !== undefined && goneAtMs <= nowMs) return "gone";
  if (retiredAtMs !== undefined) return "retired";
  return kid === signing ? "signing" : "next";
}

const newestFirst = (a: SigningKeyRecord, b: SigningKeyRecord): number =>
  b.signsFromMs - a.signsFromMs;

const whichMaySign = (keys: readonly SigningKeyRecord[], nowMs: number): SigningKeyRecord[] =>
  keys.filter((key) => key.retiredAtMs === undefined && key.signsFromMs <= nowMs).sort(newestFirst);

/** The newest that may sign; where none may, the one that was retired last signs on. */
const signingKey = (
  keys: readonly SigningKeyRecord[],
  nowMs: number,
): SigningKeyRecord | undefined =>
  whichMaySign(keys, nowMs)[0] ??
  keys.filter((key) => key.retiredAtMs !== undefined).sort(newestFirst)[0] ??
  keys[0];
