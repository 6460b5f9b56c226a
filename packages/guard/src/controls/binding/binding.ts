import { type Binding, bindingProblems } from "../../facts/binding.ts";
import type { Caller } from "../../facts/caller.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import type { DpopNonces } from "./dpop-nonce.ts";
import { type DpopProof, type DpopProofRules, judgeProof, type ProofMoment } from "./dpop-proof.ts";
import { problems } from "./problems.ts";
import { compileReadProof, proofRefusal, type SignedProof } from "./signed-proof.ts";

export interface BoundRequest {
  readonly method: string;
  readonly path: string;
  readonly accessToken: string;
  /** The Authorization field. */
  readonly authorization: string | undefined;
  /** The DPoP field. */
  readonly proof: string | undefined;
  /** SHA-256 of the caller's certificate, base64url; undefined without one. */
  readonly certificateThumbprint: string | undefined;
}

export type BindingRules = DpopProofRules & {
  readonly binding: Exclude<Binding, "none">;
  /**
   * Tokens say whether their client keeps a secret: the built-in issuer's do. Such a client runs on
   * a machine of the operator's, and its tokens need no key.
   */
  readonly saysConfidential: boolean;
};

/** What a request shows of what its token is bound to. */
export interface BindingJudged {
  readonly refusal: Refusal | undefined;
  /** What is left to do when everything but the proof's being used once has been checked. */
  readonly proof: DpopProof | undefined;
  /** Whether it was shown that the caller holds the key that the token names, if it names one. */
  readonly keyShown: boolean;
}

const nothingToShow: BindingJudged = Object.freeze<BindingJudged>({
  refusal: undefined,
  proof: undefined,
  keyShown: true,
});

/** Whether the caller has the key or the certificate that its token names (RFC 9449, RFC 8705). */
export function compileBindingCheck(
  rules: BindingRules,
): (request: BoundRequest, caller: Caller, moment: ProofMoment) => BindingJudged {
  const readProof = compileReadProof();
  const { binding } = rules;
  return (request, caller, moment) => {
    const { boundCertificate, boundKey } = caller;
    const without = checkCertificate(request, boundCertificate, binding);
    if (boundKey === undefined) {
      const refusal = without ?? checkKeyless(caller, rules);
      return refusal === undefined ? nothingToShow : refused(refusal, true);
    }
    const shown = showKey(request, boundKey, readProof);
    if (isRefusal(shown)) return refused(without ?? shown, false);
    if (without !== undefined) return refused(without, true);
    const proof = judgeProof(shown, { ...request, keyThumbprint: boundKey }, rules, moment);
    return isRefusal(proof) ? refused(proof, true) : { refusal: undefined, proof, keyShown: true };
  };
}

function checkKeyless(
  { claims }: Caller,
  { binding, saysConfidential }: BindingRules,
): Refusal | undefined {
  if (binding !== "dpop" || (saysConfidential && claims["client_confidential"] === true))
    return undefined;
  return unbound;
}

const refused = (refusal: Refusal, keyShown: boolean): BindingJudged => ({
  refusal,
  proof: undefined,
  keyShown,
});

const unbound = proofRefusal(
  bindingProblems["token-unbound"],
  "the token names no key",
  "invalid_token",
);

function checkCertificate(
  { certificateThumbprint }: BoundRequest,
  boundCertificate: string | undefined,
  binding: Binding,
): Refusal | undefined {
  const headers = [["WWW-Authenticate", 'Bearer error="invalid_token"']] as const;
  if (boundCertificate === undefined)
    return binding === "mtls"
      ? refuse(bindingProblems["token-unbound"], {
          detail: "the token names no certificate",
          headers,
        })
      : undefined;
  if (boundCertificate === certificateThumbprint) return undefined;
  return refuse(problems["certificate-mismatch"], {
    detail:
      certificateThumbprint === undefined
        ? "no certificate was presented"
        : "another certificate than the token's",
    headers,
  });
}

/** The proof, if it was made with the token's key; else why it does not show that. */
function showKey(
  { authorization, proof }: BoundRequest,
  boundKey: string,
  readProof: ReturnType<typeof compileReadProof>,
): SignedProof | Refusal {
  // RFC 9449 section 7.2: a stolen bound token must not be worth more under another name.
  if (authorization !== undefined && /^bearer /i.test(authorization))
    return proofRefusal(problems["proof-missing"], "a bound token was sent as Bearer");
  if (proof === undefined) return proofRefusal(problems["proof-missing"], "there is no DPoP field");
  return readProof(proof, boundKey);
}

/** The nonce that the next proof should carry, when the one of this proof is not it. */
export function nextNonce(
  { nonce }: DpopProof,
  nonces: DpopNonces,
  nowSeconds: number,
): string | undefined {
  const current = nonces.current(nowSeconds);
  return nonce === undefined || nonce === current ? undefined : current;
}
