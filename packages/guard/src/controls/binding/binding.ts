import { type Binding, bindingProblems } from "../../facts/binding.ts";
import type { Caller } from "../../facts/caller.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import type { DpopNonces } from "./dpop-nonce.ts";
import {
  type DpopProof,
  type DpopProofRules,
  compileDpopProofCheck,
  proofRefusal,
} from "./dpop-proof.ts";
import { problems } from "./problems.ts";

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

export type BindingRules = DpopProofRules & { readonly binding: Exclude<Binding, "none"> };

/** What is left to do when everything but the proof's being used once has been checked. */
export interface Proven {
  readonly proof: DpopProof;
  readonly keyThumbprint: string;
}

/** Whether the caller has the key or the certificate that its token names (RFC 9449, RFC 8705). */
export function compileBindingCheck(
  rules: BindingRules,
): (request: BoundRequest, caller: Caller, nowSeconds: number) => Proven | Refusal | undefined {
  const checkProof = compileDpopProofCheck(rules);
  const { binding } = rules;
  return (request, { boundCertificate, boundKey }, nowSeconds) => {
    if (binding === "mtls" && boundCertificate === undefined)
      return refuse(bindingProblems["token-unbound"], {
        detail: "the token names no certificate",
        headers: [["WWW-Authenticate", 'Bearer error="invalid_token"']],
      });
    if (boundCertificate !== undefined && boundCertificate !== request.certificateThumbprint) {
      return refuse(problems["certificate-mismatch"], {
        detail:
          request.certificateThumbprint === undefined
            ? "no certificate was presented"
            : "another certificate than the token's",
        headers: [["WWW-Authenticate", 'Bearer error="invalid_token"']],
      });
    }
    if (boundKey === undefined)
      return binding === "dpop"
        ? proofRefusal(bindingProblems["token-unbound"], "the token names no key", "invalid_token")
        : undefined;
    // RFC 9449 section 7.2: a stolen bound token must not be worth more under another name.
    if (request.authorization !== undefined && /^bearer /i.test(request.authorization))
      return proofRefusal(problems["proof-missing"], "a bound token was sent as Bearer");
    if (request.proof === undefined)
      return proofRefusal(problems["proof-missing"], "there is no DPoP field");
    const proof = checkProof(
      request.proof,
      {
        method: request.method,
        path: request.path,
        accessToken: request.accessToken,
        keyThumbprint: boundKey,
      },
      nowSeconds,
    );
    return isRefusal(proof) ? proof : { proof, keyThumbprint: boundKey };
  };
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
