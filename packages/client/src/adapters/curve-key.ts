import { base64url, utf8 } from "../bytes.ts";
import type { HashPort, KeyPort, RandomPort } from "../ports.ts";
import type { Keychain } from "./keychain.ts";

/** P-256 as @noble/curves exports it (`p256`), as far as it is used. */
export interface Curve {
  getPublicKey(secret: Uint8Array, isCompressed: boolean): Uint8Array;
  sign(
    hash: Uint8Array,
    secret: Uint8Array,
    options: { readonly prehash: boolean; readonly lowS: boolean },
  ): Uint8Array | { toCompactRawBytes(): Uint8Array };
}

/**
 * Keys for platforms without WebCrypto and without a module for their secure hardware: made by a
 * library and kept in the keychain. Whoever reads the keychain of an unlocked phone can take such
 * a key; one in the Secure Enclave or StrongBox they cannot.
 */
export function curveKeys(
  curve: Curve,
  keychain: Keychain,
  { hash, random }: { readonly hash: HashPort; readonly random: RandomPort },
): KeyPort {
  const entryOf = (name: string): string => `portcullis.key.${base64url(utf8(name))}`;
  const making = new Map<string, Promise<Uint8Array>>();
  const make = async (name: string): Promise<Uint8Array> => {
    const known = await keychain.get(entryOf(name));
    if (known !== null && known !== undefined) return bytesOf(known);
    const secret = random(32);
    curve.getPublicKey(secret, false);
    await keychain.set(entryOf(name), hexOf(secret));
    return secret;
  };
  const secretOf = (name: string): Promise<Uint8Array> => {
    const made = making.get(name) ?? make(name);
    making.set(name, made);
    made.catch(() => making.delete(name));
    return made;
  };
  return {
    async obtain(name) {
      const point = curve.getPublicKey(await secretOf(name), false);
      const [x, y] = [point.slice(1, 33), point.slice(33)];
      return {
        jwk: { kty: "EC", crv: "P-256", x: base64url(x), y: base64url(y) },
        kept: "software",
      };
    },
    async sign(name, bytes) {
      const digest = await hash(bytes);
      const signed = curve.sign(digest, await secretOf(name), { prehash: false, lowS: false });
      return "toCompactRawBytes" in signed ? signed.toCompactRawBytes() : signed;
    },
    async remove(name) {
      making.delete(name);
      await keychain.remove(entryOf(name));
    },
  };
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => (0x100 | byte).toString(16).slice(1)).join("");

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (two) => Number.parseInt(two, 16));
