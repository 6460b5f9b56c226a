import type { KeyPort, PublicKey } from "../ports.ts";

/**
 * Keeps key pairs of the platform's own cryptography (WebCrypto), which never shows their private
 * half.
 */
export interface KeyPairStore {
  get(name: string): Promise<CryptoKeyPairLike | undefined>;
  put(name: string, pair: CryptoKeyPairLike): Promise<void>;
  delete(name: string): Promise<void>;
}

export interface CryptoKeyPairLike {
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;

/**
 * P-256 keys that cannot be exported: a script that reads everything still cannot take them away.
 */
export function softwareKeys(store: KeyPairStore): KeyPort {
  const making = new Map<string, Promise<CryptoKeyPairLike>>();
  const pairOf = async (name: string): Promise<CryptoKeyPairLike> => {
    const known = await store.get(name);
    if (known !== undefined) return known;
    let made = making.get(name);
    if (made === undefined) {
      made = (async () => {
        const pair = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
        await store.put(name, pair);
        return pair;
      })().finally(() => making.delete(name));
      making.set(name, made);
    }
    return made;
  };
  return {
    async obtain(name): Promise<PublicKey> {
      const {
        crv = "",
        kty = "",
        x = "",
        y = "",
      } = await crypto.subtle.exportKey("jwk", (await pairOf(name)).publicKey);
      return { jwk: { kty, crv, x, y }, kept: "software" };
    },
    async sign(name, bytes) {
      return new Uint8Array(
        await crypto.subtle.sign(
          { name: "ECDSA", hash: "SHA-256" },
          (await pairOf(name)).privateKey,
          bytes,
        ),
      );
    },
    remove: (name) => store.delete(name),
  };
}
