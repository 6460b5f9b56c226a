import { createHmac } from "node:crypto";

/** Eight bytes and more that hashes of signals depend on: not those that records name people by. */
export const signalSecret = (recordSecret: Uint8Array): Uint8Array =>
  createHmac("sha256", recordSecret).update("signals").digest();

const shownLetters = 16;

/** By which name an incident keeps a hash of a signal: nobody without the secret can try names. */
export const compileNameKey =
  (recordSecret: Uint8Array): ((key: { readonly kind: string; readonly hash: number }) => string) =>
  ({ hash, kind }) =>
    hash === 0
      ? ""
      : createHmac("sha256", recordSecret)
          .update(`incident ${kind} ${hash}`)
          .digest("base64url")
          .slice(0, shownLetters);
