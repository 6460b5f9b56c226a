import { refuse, type Refusal } from "../../facts/refusal.ts";
import { type CompactToken, readCompactToken } from "../../jws/compact-token.ts";
import type { Caller } from "../../facts/caller.ts";
import {
  type CallerOf,
  compileClaimPlace,
  firstOf,
  isTime,
  type ReadClaim,
  subjectOf,
} from "./claims.ts";
import type { KeySet } from "./key-set.ts";
import { anyValue } from "./presets.ts";
import { problems } from "./problems.ts";

export interface AccessTokenRules {
  /** Undefined where the secret alone says who has signed. */
  readonly issuer: string | undefined;
  /** One of these must be among the token's `aud`; none: it is not looked at. */
  readonly audiences: readonly string[];
  /** The token must be of one of these clients; none: of whichever. */
  readonly clients: readonly string[];
  /** Where the token names its client. */
  readonly clientClaims: readonly string[];
  /** Whether the token must name a client, whichever it is. */
  readonly clientNeeded: boolean;
  /** What claims must be: one of these values. */
  readonly requires: Readonly<Record<string, readonly string[]>>;
  /**
   * `at+jwt` is RFC 9068's; `any` is for issuers that send `JWT`. ID tokens are refused either way,
   * but where the source says that its apps call with them.
   */
  readonly typ: "at+jwt" | "any";
  readonly kind: "access" | "id";
  /** Whether a token must say when it ends. */
  readonly expiryNeeded: boolean;
  /** How far another clock may be ahead of ours for `iat` and `nbf`. `exp` is never stretched. */
  readonly clockToleranceSeconds: number;
  /** Where the subject is; undefined for `sub`, which RFC 7519 makes a text. */
  readonly subjectClaim: string | undefined;
  readonly callerOf: CallerOf;
  readonly keys: () => Pick<KeySet, "checkSignature"> | undefined;
  /** A key that is not known: the control thread may fetch the issuer's keys again. */
  readonly onUnknownKey: () => void;
}

type Payload = CompactToken["payload"];

const most = (value: unknown): string =>
  typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : typeof value;

/** Judges a token that was taken apart. Synchronous; claims are looked at after the signature. */
export type JudgeToken = (read: CompactToken, nowSeconds: number) => Caller | Refusal;

/** Verifies JWT access tokens (RFC 9068, RFC 8725) of one source. */
export function compileTokenJudge(rules: AccessTokenRules): JudgeToken {
  const readSubject = compileClaimPlace(rules.subjectClaim ?? "/sub");
  const checks = compileClaimChecks(rules);
  return (read, nowSeconds) => {
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
    const { payload } = read;
    const refused = checkType(read, rules) ?? checks(payload, nowSeconds);
    if (refused !== undefined) return refused;
    const written = readSubject(payload);
    const subject =
      rules.subjectClaim === undefined && typeof written !== "string"
        ? undefined
        : subjectOf(written);
    if (subject === undefined)
      return refuse(problems["token-claims-invalid"], { detail: "sub is not a name" });
    const { exp } = payload;
    return rules.callerOf(payload, subject, typeof exp === "number" ? exp : Infinity);
  };
}

/** The same for the token as it was sent. */
export function compileAccessTokenCheck(
  rules: AccessTokenRules,
): (token: string, nowSeconds: number) => Caller | Refusal {
  const judge = compileTokenJudge(rules);
  return (token, nowSeconds) => {
    const read = readCompactToken(token);
    return "unread" in read
      ? refuse(problems["token-malformed"], { detail: read.unread })
      : judge(read, nowSeconds);
  };
}

export function checkType(
  { header, payload }: CompactToken,
  { kind, typ }: Pick<AccessTokenRules, "kind" | "typ">,
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
  if (kind === "id") return undefined;
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

function compileClaimChecks(
  rules: AccessTokenRules,
): (payload: Payload, nowSeconds: number) => Refusal | undefined {
  const clients = rules.clientClaims.map(compileClaimPlace);
  const requires = Object.entries(rules.requires).map(
    ([place, values]) => ({ place, read: compileClaimPlace(place), values }) as const,
  );
  return (payload, nowSeconds) => {
    const { cnf } = payload;
    const refused =
      checkParties(payload, rules, clients) ??
      checkRequired(payload, requires) ??
      checkTimes(payload, rules, nowSeconds);
    if (refused !== undefined) return refused;
    return cnf !== undefined && !isConfirmation(cnf)
      ? refuse(problems["token-claims-invalid"], {
          detail: "cnf names neither a key nor a certificate",
        })
      : undefined;
  };
}

/** Who has made it, and for whom. */
export function checkParties(
  payload: Payload,
  {
    audiences,
    clientNeeded,
    clients,
    issuer,
  }: Pick<AccessTokenRules, "audiences" | "clientNeeded" | "clients" | "issuer">,
  readClients: readonly ReadClaim[],
): Refusal | undefined {
  const { aud, iss } = payload;
  if (issuer !== undefined && iss !== issuer)
    return refuse(problems["token-issuer-mismatch"], { detail: `iss is ${most(iss)}` });
  const named = typeof aud === "string" ? [aud] : Array.isArray(aud) ? aud : [];
  const isForUs = named.some(
    (audience) => typeof audience === "string" && audiences.includes(audience),
  );
  if (audiences.length > 0 && !isForUs)
    return refuse(problems["token-audience-mismatch"], { detail: `aud is ${most(named[0])}` });
  if (clients.length === 0 && !clientNeeded) return undefined;
  const client = firstOf(readClients, payload);
  return typeof client === "string" && (clients.length === 0 || clients.includes(client))
    ? undefined
    : refuse(problems["token-audience-mismatch"], { detail: `the client is ${most(client)}` });
}

export function checkRequired(
  payload: Payload,
  requires: readonly {
    readonly place: string;
    readonly read: ReadClaim;
    readonly values: readonly string[];
  }[],
): Refusal | undefined {
  for (const { place, read, values } of requires) {
    const value = read(payload);
    const isPresent = value !== undefined && value !== null;
    const fits = values.includes(anyValue)
      ? isPresent
      : isPresent && values.includes(textFor(value));
    if (!fits)
      return refuse(problems["token-type-mismatch"], { detail: `${place} is ${most(value)}` });
  }
  return undefined;
}

const textFor = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";

/** Since when, and until when. */
export function checkTimes(
  { exp, iat, nbf }: Payload,
  {
    clockToleranceSeconds,
    expiryNeeded,
  }: Pick<AccessTokenRules, "clockToleranceSeconds" | "expiryNeeded">,
  nowSeconds: number,
): Refusal | undefined {
  if (!isTime(exp) && (expiryNeeded || exp !== undefined))
    return refuse(problems["token-claims-invalid"], { detail: "exp is not a time" });
  if (isTime(exp) && nowSeconds >= exp)
    return refuse(problems["token-expired"], { detail: `${nowSeconds - exp} seconds ago` });
  const latest = nowSeconds + clockToleranceSeconds;
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
