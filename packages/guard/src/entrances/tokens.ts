// Access tokens, the keys that sign them, what is no longer believed, and proofs of possession.
export { type Jwks, KeyRing, type KeySource } from "../controls/authentication/key-ring.ts";
export { compileKeySet, type KeySet } from "../controls/authentication/key-set.ts";
export { type Revocation, Revocations } from "../controls/authentication/revocation.ts";
export { createDpopNonces, type DpopNonces } from "../controls/binding/dpop-nonce.ts";
export { compileDpopProofCheck, type DpopProof } from "../controls/binding/dpop-proof.ts";
export { thumbprintOf } from "../controls/binding/signed-proof.ts";
export { networkOf } from "../controls/limit/limit-key.ts";
export type { Caller } from "../facts/caller.ts";
export { isRefusal } from "../facts/refusal.ts";
export { signingAlgorithms } from "../jws/signing-algorithms.ts";
