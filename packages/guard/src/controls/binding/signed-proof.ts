import { createHash } from "node:crypto";
import type { Problem } from "../../facts/problem.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { readCompactToken } from "../../jws/compact-token.ts";
import { type SigningAlgorithm, signingAlgorithms } from "../../jws/signing-algorithms.ts";
import { holds, importKey, type VerificationKey } from "../../jws/verification-key.ts";
import { problems } from "./problems.ts";

interface ProofKey extends VerificationKey {
  readonly thumbprint: string;
}

/** Keys to sign proofs with: asymmetric, and small enough to be verified on every request. */
export const proofAlgorithms: readonly string[] = [
  "ES256",
  "ES384",
  "EdDSA",
  "Ed25519",
  "PS256",
  "RS256",
];
const mostKeys = 20_000;

export const algorithmsText = proofAlgorithms.join(" ");
/** 401 with the challenge of RFC 9449 section 7.1. */
export const proofRefusal = (
  problem: Problem,
  detail: string,
  error = "invalid_dpop_proof",
): Refusal =>
  refuse(problem, {
    detail,
    headers: [["WWW-Authenticate", `DPoP error="${error}", algs="${algorithmsText}"`]],
  });

export const invalidProof = (detail: string): Refusal =>
  proofRefusal(problems["proof-invalid"], detail);

/** A proof whose signature holds. What it says of the request is not judged yet. */
export interface SignedProof {
  readonly claims: Readonly<Record<string, unknown>>;
  /** RFC 7638, of the key that signed it. */
  readonly keyThumbprint: string;
}

/**
 * Reads a proof and verifies it by the key that stands in it, which must be the token's. A refusal
 * says that the caller has not shown that it holds the key.
 *
 * @returns a function of the proof and of `cnf.jkt`; undefined where any key may begin
 */
export function compileReadProof(): (
  proof: string,
  keyThumbprint: string | undefined,
) => Refusal | SignedProof {
  const keyOf = compileProofKeys();
  return (proof, keyThumbprint) => {
    const read = readCompactToken(proof, true);
    if ("unread" in read) return invalidProof(read.unread);
    const { header, payload } = read;
    if (header["typ"] !== "dpop+jwt") return invalidProof("typ is not dpop+jwt");
    const key = keyOf(proof.slice(0, proof.indexOf(".")), header);
    if (key === undefined) return invalidProof("its key or algorithm is not accepted");
    if (!holds(key, read.signed, read.signature))
      return invalidProof("its signature does not hold");
    if (keyThumbprint !== undefined && key.thumbprint !== keyThumbprint)
      return invalidProof("it is signed with another key than the token is bound to");
    return { claims: payload, keyThumbprint: key.thumbprint };
  };
}

/**
 * A device signs every proof with one key, so its proofs share a header: the key is imported once
 * for the header's text.
 */
function compileProofKeys(): (
  headerText: string,
  header: Readonly<Record<string, unknown>>,
) => ProofKey | undefined {
  const allowed: ReadonlyMap<unknown, SigningAlgorithm> = new Map(
    proofAlgorithms.flatMap((name) => {
      const algorithm = signingAlgorithms.get(name);
      return algorithm === undefined ? [] : [[name, algorithm] as const];
    }),
  );
  let young = new Map<string, ProofKey>();
  let old = new Map<string, ProofKey>();
  return (headerText, header) => {
    const known = young.get(headerText) ?? old.get(headerText);
    if (known !== undefined) return known;
    const algorithm = allowed.get(header["alg"]);
    const { jwk } = header;
    if (algorithm === undefined || typeof jwk !== "object" || jwk === null) return undefined;
    const [imported] = importKey(jwk, [algorithm]);
    const thumbprint =
      imported === undefined ? undefined : thumbprintOf(jwk as Readonly<Record<string, unknown>>);
    if (imported === undefined || thumbprint === undefined) return undefined;
    if (young.size >= mostKeys / 2) {
      old = young;
      young = new Map();
    }
    const key: ProofKey = { ...imported, thumbprint };
    young.set(headerText, key);
    return key;
  };
}

const members: Readonly<Record<string, readonly string[]>> = {
  EC: ["crv", "kty", "x", "y"],
  RSA: ["e", "kty", "n"],
  OKP: ["crv", "kty", "x"],
};

/** RFC 7638: the hash of the members that make the key, in order. */
export function thumbprintOf(jwk: Readonly<Record<string, unknown>>): string | undefined {
  const names =
    typeof jwk["kty"] === "string" && Object.hasOwn(members, jwk["kty"])
      ? members[jwk["kty"]]
      : undefined;
  if (names === undefined || names.some((name) => typeof jwk[name] !== "string")) return undefined;
  return createHash("sha256")
    .update(JSON.stringify(Object.fromEntries(names.map((name) => [name, jwk[name]]))))
    .digest("base64url");
}
