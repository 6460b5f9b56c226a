// Access tokens, the keys that sign them, revocations, and proofs of possession.
export { readApiKeyFile } from "../controls/authentication/api-key-file.ts";
export { hashOfKey } from "../controls/authentication/api-keys.ts";
export {
  type WeighedClaim,
  type WeighedToken,
  weighToken,
} from "../controls/authentication/weigh-token.ts";
export {
  readSampleToken,
  type SamplePlace,
  type SampleToken,
} from "../controls/authentication/fit-preset.ts";
export { type PresetName, presetNames, presets } from "../controls/authentication/presets.ts";
export { usualAlgorithms } from "../controls/authentication/plan-source.ts";
export { secretFault } from "../controls/authentication/check-secret.ts";
export type { AskExchange } from "../controls/authentication/exchange.ts";
export type { ExchangePlan } from "../controls/authentication/source-plan.ts";
export type { AskIntrospection } from "../controls/authentication/introspection.ts";
export type { IntrospectSource } from "../controls/authentication/source-plan.ts";
export { type Jwks, KeyRing, type KeySource } from "../controls/authentication/key-ring.ts";
export { compileKeySet, type KeySet } from "../controls/authentication/key-set.ts";
export { type Revocation, Revocations } from "../controls/authentication/revocation.ts";
export { createDpopNonces, type DpopNonces } from "../controls/binding/dpop-nonce.ts";
export { compileDpopProofCheck, type DpopProof } from "../controls/binding/dpop-proof.ts";
export { thumbprintOf } from "../controls/binding/signed-proof.ts";
export { type Acting, type Caller, mainSource } from "../facts/caller.ts";
export type { HeldCaller } from "../controls/response/control.ts";
export { isRefusal } from "../facts/refusal.ts";
export { networkOf } from "../reading/network.ts";
export { type BelievedText, readBelieved } from "../x509/certificate-path.ts";
export { signingAlgorithms } from "../jws/signing-algorithms.ts";
