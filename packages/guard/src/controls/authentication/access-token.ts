import { refuse, type Refusal } from "../../facts/refusal.ts";
import { type CompactToken, readCompactToken } from "../../jws/compact-token.ts";
import type { KeySet } from "./key-set.ts";
import { problems } from "./problems.ts";
import type { Caller } from "../../facts/caller.ts";

export interface AccessTokenRules {
  readonly issuer: string;
  /** One of these must be among the token's `aud`. */
  readonly audiences: readonly string[];
  /**
   * `at+jwt` is RFC 9068's; `any` is for issuers that send `JWT`. ID tokens are refused either way.
   */
  readonly typ: "at+jwt" | "any";
  /** How far another clock may be ahead of ours for `iat` and `nbf`. `exp` is never stretched. */
  readonly clockToleranceSeconds: number;
  /** A claim's name, or a path of names with dots (`realm_access.roles`). */
  readonly rolesClaim: string;
  readonly tierClaim: string | undefined;
  readonly deviceClaim: string | undefined;
  readonly keys: () => KeySet | undefined;
  /** A key that is not known: the control thread may fetch the issuer's keys again. */
  readonly onUnknownKey: () => void;
}

const most = (value: unknown): string =>
  typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : typeof value;

/**
 * Verifies a JWT access token (RFC 9068, RFC 8725). Synchronous; every check of a claim comes after
 * the signature.
 */
export function compileAccessTokenCheck(
  rules: AccessTokenRules,
): (token: string, nowSeconds: number) => Caller | Refusal {
  return (token, nowSeconds) => {
    const read = readCompactToken(token);
    if ("unread" in read) return refuse(problems["token-malformed"], { detail: read.unread });
    const keys = rules.keys();
    if (keys === undefined)
      return refuse(problems["keys-unavailable"], {
        detail: "no keys of the issuer were ever obtained",
        retryAfterSeconds: 5,
      });
    const unsigned = keys.checkSignature(read);
    if (unsigned !== undefined) {
      if (unsigned.problem === problems["token-key-unknown"]) rules.onUnknownKey();
      return unsigned;
    }
    return (
      checkType(read, rules.typ) ??
      checkClaims(read.payload, rules, nowSeconds) ??
      callerOf(read.payload, rules)
    );
  };
}

function checkType(
  { header, payload }: CompactToken,
  typ: AccessTokenRules["typ"],
): Refusal | undefined {
  const written =
    typeof header["typ"] === "string"
      ? header["typ"].toLowerCase().replace(/^application\//, "")
      : undefined;
  if (written === "at+jwt") return undefined;
  if (typ === "at+jwt")
    return refuse(problems["token-type-mismatch"], {
      detail: `typ is ${most(header["typ"])}, not at+jwt`,
    });
  if (written !== undefined && written !== "jwt")
    return refuse(problems["token-type-mismatch"], { detail: `typ is ${most(written)}` });
  // An ID token says who signed in to the app; it is no permission to call an API (RFC 8725 section
  // 2.8).
  for (const claim of ["nonce", "at_hash", "c_hash", "s_hash"])
    if (payload[claim] !== undefined)
      return refuse(problems["token-type-mismatch"], { detail: `it is an ID token (${claim})` });
  if (payload["events"] !== undefined)
    return refuse(problems["token-type-mismatch"], {
      detail: "it is a security event or logout token",
    });
  return undefined;
}

function checkClaims(
  payload: CompactToken["payload"],
  rules: AccessTokenRules,
  nowSeconds: number,
): Refusal | undefined {
  const { cnf, sub } = payload;
  const refused =
    checkParties(payload, rules) ?? checkTimes(payload, rules.clockToleranceSeconds, nowSeconds);
  if (refused !== undefined) return refused;
  if (cnf !== undefined && !isConfirmation(cnf))
    return refuse(problems["token-claims-invalid"], {
      detail: "cnf names neither a key nor a certificate",
    });
  if (typeof sub !== "string" || sub === "" || sub.length > 255)
    return refuse(problems["token-claims-invalid"], { detail: "sub is not a name" });
  return undefined;
}

/** Who has made it, and for whom. */
function checkParties(
  { aud, iss }: CompactToken["payload"],
  { audiences, issuer }: AccessTokenRules,
): Refusal | undefined {
  if (iss !== issuer)
    return refuse(problems["token-issuer-mismatch"], { detail: `iss is ${most(iss)}` });
  const named = typeof aud === "string" ? [aud] : Array.isArray(aud) ? aud : [];
  return named.some((audience) => typeof audience === "string" && audiences.includes(audience))
    ? undefined
    : refuse(problems["token-audience-mismatch"], { detail: `aud is ${most(named[0])}` });
}

/** Since when, and until when. */
function checkTimes(
  { exp, iat, nbf }: CompactToken["payload"],
  toleranceSeconds: number,
  nowSeconds: number,
): Refusal | undefined {
  if (!isTime(exp))
    return refuse(problems["token-claims-invalid"], { detail: "exp is not a time" });
  if (nowSeconds >= exp)
    return refuse(problems["token-expired"], { detail: `${nowSeconds - exp} seconds ago` });
  const latest = nowSeconds + toleranceSeconds;
  return checkBegun("nbf", nbf, nowSeconds, latest) ?? checkBegun("iat", iat, nowSeconds, latest);
}

function checkBegun(
  name: string,
  value: unknown,
  nowSeconds: number,
  latestSeconds: number,
): Refusal | undefined {
  if (value === undefined) return undefined;
  if (!isTime(value))
    return refuse(problems["token-claims-invalid"], { detail: `${name} is not a time` });
  return value > latestSeconds
    ? refuse(problems["token-not-yet-valid"], {
        detail: `${name} is ${value - nowSeconds} seconds ahead`,
      })
    : undefined;
}

/** A token that is bound to something nobody can check is not a bearer token: it is refused. */
function isConfirmation(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const entries = Object.entries(value);
  return (
    entries.length > 0 &&
    entries.every(
      ([name, one]) =>
        (name === "jkt" || name === "x5t#S256") && typeof one === "string" && one !== "",
    )
  );
}

const isTime = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 && value < 1e11;

function callerOf(
  payload: CompactToken["payload"],
  { deviceClaim, rolesClaim, tierClaim }: AccessTokenRules,
): Caller {
  const confirmation = payload["cnf"];
  const { jkt, "x5t#S256": certificate } = (
    typeof confirmation === "object" && confirmation !== null ? confirmation : {}
  ) as Readonly<Record<string, unknown>>;
  const version = payload["account_version"];
  const scope = payload["scope"] ?? payload["scp"];
  return Object.freeze({
    subject: payload["sub"] as string,
    clientId: textOf(payload["client_id"] ?? payload["azp"]),
    scopes: Object.freeze(
      typeof scope === "string" ? scope.split(" ").filter((name) => name !== "") : textsOf(scope),
    ),
    roles: Object.freeze(textsOf(claimAt(payload, rolesClaim))),
    tier: tierClaim === undefined ? undefined : textOf(claimAt(payload, tierClaim)),
    deviceId: deviceClaim === undefined ? undefined : textOf(claimAt(payload, deviceClaim)),
    boundKey: textOf(jkt),
    boundCertificate: textOf(certificate),
    sessionId: textOf(payload["sid"]),
    accountVersion: typeof version === "number" ? version : undefined,
    tokenId: textOf(payload["jti"]),
    issuedAtSeconds: isTime(payload["iat"]) ? payload["iat"] : undefined,
    expiresAtSeconds: payload["exp"] as number,
    claims: Object.freeze(payload),
  });
}

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" && value.length <= 255 ? value : undefined;
const textsOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.filter((item): item is string => typeof item === "string")
    : typeof value === "string" && value !== ""
      ? [value]
      : [];

function claimAt(payload: CompactToken["payload"], path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  let value: unknown = payload;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
