import { hkdfSync, timingSafeEqual } from "node:crypto";

const stepSeconds = 60;
/** A nonce is taken from two minutes before its minute to two minutes after it. */
const stepsEitherWay = 2;

/** How long a nonce may still be taken after it was given, at most. */
export const nonceLifeSeconds = stepSeconds * (2 * stepsEitherWay + 1);

/**
 * Nonces for DPoP proofs (RFC 9449 section 8) that nobody has to remember: each is derived from the
 * minute and a secret that all nodes share. The built-in issuer derives its own in the same way, so
 * that a client may use at one what it was given by the other.
 */
export interface DpopNonces {
  /** The one to give out now. */
  current(nowSeconds: number): string;
  accepts(nonce: string, nowSeconds: number): boolean;
}

/** @param secret 32 bytes */
export function createDpopNonces(secret: Uint8Array): DpopNonces {
  let step = -1;
  let values: readonly string[] = [];
  const at = (nowSeconds: number): readonly string[] => {
    const now = Math.floor(nowSeconds / stepSeconds);
    if (now !== step) {
      step = now;
      values = Array.from({ length: 2 * stepsEitherWay + 1 }, (_, index) =>
        derive(secret, now - stepsEitherWay + index),
      );
    }
    return values;
  };
  return {
    current: (nowSeconds) => at(nowSeconds)[stepsEitherWay + 1] as string,
    accepts(nonce, nowSeconds) {
      let found = false;
      for (const value of at(nowSeconds))
        if (
          nonce.length === value.length &&
          timingSafeEqual(Buffer.from(nonce), Buffer.from(value))
        )
          found = true;
      return found;
    },
  };
}

function derive(secret: Uint8Array, step: number): string {
  const salt = Buffer.alloc(8);
  salt.writeBigUInt64BE(BigInt(step));
  return Buffer.from(hkdfSync("sha256", secret, salt, "DPoP", 32)).toString("base64url");
}
