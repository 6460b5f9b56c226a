import { createHash, hash } from "node:crypto";
import type { Problem } from "../../facts/problem.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { readCompactToken } from "../../jws/compact-token.ts";
import { type DpopNonces, nonceLifeSeconds } from "./dpop-nonce.ts";
import { type SigningAlgorithm, signingAlgorithms } from "../../jws/signing-algorithms.ts";
import { problems } from "./problems.ts";
import { holds, importKey, type VerificationKey } from "../../jws/verification-key.ts";

export interface DpopProofRules {
  /**
   * The API's public address: `htu` is compared with it, and never with a Host that the caller
   * chose.
   */
  readonly origin: string;
  /** How far `iat` may be from now, either way, when the proof carries no nonce. */
  readonly windowSeconds: number;
  readonly nonces: DpopNonces;
  readonly requireNonce: boolean;
}

export interface ProvedRequest {
  readonly method: string;
  /** Canonical, without query. */
  readonly path: string;
  /** Undefined where a token is asked for: the proof then names none. */
  readonly accessToken: string | undefined;
  /** `cnf.jkt` of the token; undefined where any key may begin. */
  readonly keyThumbprint: string | undefined;
}

export interface DpopProof {
  /** RFC 7638, of the key that signed it. */
  readonly keyThumbprint: string;
  readonly jti: string;
  /** For how long the same proof could be taken again, and must be remembered. */
  readonly lifeSeconds: number;
  /** The nonce it carried, if any. */
  readonly nonce: string | undefined;
}

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

const algorithmsText = proofAlgorithms.join(" ");
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

/** RFC 9449 section 9: the caller is given a nonce, and tells the time by it. */
export const nonceRefusal = (nonce: string, detail: string): Refusal =>
  refuse(problems["proof-nonce-needed"], {
    detail,
    headers: [
      ["WWW-Authenticate", `DPoP error="use_dpop_nonce", algs="${algorithmsText}"`],
      ["DPoP-Nonce", nonce],
    ],
  });

/** Checks a DPoP proof (RFC 9449 section 4.3), but for its being used once. Synchronous. */
export function compileDpopProofCheck({
  nonces,
  origin,
  requireNonce,
  windowSeconds,
}: DpopProofRules): (
  proof: string,
  request: ProvedRequest,
  nowSeconds: number,
) => DpopProof | Refusal {
  const keyOf = compileProofKeys();
  const invalid = (detail: string): Refusal => proofRefusal(problems["proof-invalid"], detail);
  return (proof, request, nowSeconds) => {
    const read = readCompactToken(proof, true);
    if ("unread" in read) return invalid(read.unread);
    const { header, payload } = read;
    if (header["typ"] !== "dpop+jwt") return invalid("typ is not dpop+jwt");
    const key = keyOf(proof.slice(0, proof.indexOf(".")), header);
    if (key === undefined) return invalid("its key or algorithm is not accepted");
    if (!holds(key, read.signed, read.signature)) return invalid("its signature does not hold");
    if (request.keyThumbprint !== undefined && key.thumbprint !== request.keyThumbprint)
      return invalid("it is signed with another key than the token is bound to");
    const { ath, htm, htu, iat, jti, nonce } = payload;
    if (htm !== request.method) return invalid("htm is another method");
    if (typeof htu !== "string" || !isSamePlace(htu, origin, request.path))
      return invalid("htu is another address");
    if (
      request.accessToken !== undefined &&
      ath !== hash("sha256", request.accessToken, "base64url")
    )
      return invalid("ath is of another token");
    if (typeof jti !== "string" || jti === "" || jti.length > 256)
      return invalid("jti is not a name");
    if (typeof iat !== "number" || !Number.isFinite(iat)) return invalid("iat is not a time");
    if (nonce !== undefined) {
      if (typeof nonce !== "string" || !nonces.accepts(nonce, nowSeconds))
        return nonceRefusal(nonces.current(nowSeconds), "the nonce is not one of now");
      // The nonce says when the proof was made, better than a clock that may be wrong by a day.
      return { jti, keyThumbprint: key.thumbprint, lifeSeconds: nonceLifeSeconds, nonce };
    }
    if (requireNonce) return nonceRefusal(nonces.current(nowSeconds), "a nonce is required");
    if (Math.abs(nowSeconds - iat) > windowSeconds)
      return nonceRefusal(
        nonces.current(nowSeconds),
        `iat is ${Math.round(Math.abs(nowSeconds - iat))} seconds ${iat > nowSeconds ? "ahead" : "ago"}`,
      );
    return {
      jti,
      keyThumbprint: key.thumbprint,
      lifeSeconds: iat + windowSeconds - nowSeconds + 1,
      nonce: undefined,
    };
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

/**
 * Without query and fragment, and by the meaning of the address rather than its spelling (RFC 9449
 * section 4.3).
 */
function isSamePlace(htu: string, origin: string, path: string): boolean {
  if (htu.length === origin.length + path.length && htu.startsWith(origin) && htu.endsWith(path))
    return true;
  const parsed = URL.parse(htu);
  if (
    parsed === null ||
    parsed.origin !== origin ||
    parsed.username !== "" ||
    parsed.password !== ""
  )
    return false;
  return parsed.pathname === path || plain(parsed.pathname) === plain(path);
}

function plain(path: string): string | undefined {
  try {
    return path.split("/").map(decodeURIComponent).join("/\u0000");
  } catch {
    return undefined;
  }
}
