import { hash } from "node:crypto";
import { judgeByEither } from "../../facts/either-clock.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import { type DpopNonces, nonceLifeSeconds } from "./dpop-nonce.ts";
import { problems } from "./problems.ts";
import {
  algorithmsText,
  compileReadProof,
  invalidProof,
  type SignedProof,
} from "./signed-proof.ts";

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

export interface ProofMoment {
  readonly nowSeconds: number;
  /** How far another clock is ahead that may be right instead, or 0. */
  readonly doubtSeconds: number;
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
export function compileDpopProofCheck(
  rules: DpopProofRules,
): (proof: string, request: ProvedRequest, nowSeconds: number) => DpopProof | Refusal {
  const readProof = compileReadProof();
  return (proof, request, nowSeconds) => {
    const signed = readProof(proof, request.keyThumbprint);
    const moment = { nowSeconds, doubtSeconds: 0 };
    return isRefusal(signed) ? signed : judgeProof(signed, request, rules, moment);
  };
}

/** Whether a proof that was made with the right key was made for this request, and just now. */
export function judgeProof(
  { claims, keyThumbprint }: SignedProof,
  request: ProvedRequest,
  rules: DpopProofRules,
  { doubtSeconds, nowSeconds }: ProofMoment,
): DpopProof | Refusal {
  const other = ofAnother(claims, request, rules.origin);
  if (other !== undefined) return invalidProof(other);
  const { iat, jti } = claims;
  if (typeof jti !== "string" || jti === "" || jti.length > 256)
    return invalidProof("jti is not a name");
  if (typeof iat !== "number" || !Number.isFinite(iat)) return invalidProof("iat is not a time");
  const made = judgeByEither(
    (now) => judgeTime(claims["nonce"], iat, rules, now),
    nowSeconds,
    doubtSeconds,
  );
  if (isRefusal(made)) return made;
  // While two clocks are judged by, the proof could be taken again by the other one.
  const lifeSeconds = made.lifeSeconds + Math.abs(doubtSeconds);
  return { jti, keyThumbprint, nonce: made.nonce, lifeSeconds };
}

/** What of the proof speaks of another request than this one. */
function ofAnother(
  { ath, htm, htu }: SignedProof["claims"],
  { accessToken, method, path }: ProvedRequest,
  origin: string,
): string | undefined {
  if (htm !== method) return "htm is another method";
  if (typeof htu !== "string" || !isSamePlace(htu, origin, path)) return "htu is another address";
  if (accessToken !== undefined && ath !== hash("sha256", accessToken, "base64url"))
    return "ath is of another token";
  return undefined;
}

/** Whether it was made just now, by a nonce of ours or by its own word. */
function judgeTime(
  nonce: unknown,
  iat: number,
  { nonces, requireNonce, windowSeconds }: DpopProofRules,
  nowSeconds: number,
): Refusal | Pick<DpopProof, "lifeSeconds" | "nonce"> {
  const askNonce = (detail: string): Refusal => nonceRefusal(nonces.current(nowSeconds), detail);
  if (nonce !== undefined) {
    if (typeof nonce !== "string" || !nonces.accepts(nonce, nowSeconds))
      return askNonce("the nonce is not one of now");
    // The nonce says when the proof was made, better than a clock that may be wrong by a day.
    return { lifeSeconds: nonceLifeSeconds, nonce };
  }
  if (requireNonce) return askNonce("a nonce is required");
  const apart = Math.abs(nowSeconds - iat);
  if (apart > windowSeconds)
    return askNonce(`iat is ${Math.round(apart)} seconds ${iat > nowSeconds ? "ahead" : "ago"}`);
  return { lifeSeconds: iat + windowSeconds - nowSeconds + 1, nonce: undefined };
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
