import type { Caller } from "../../facts/caller.ts";
import type { Known } from "../../facts/facts.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import { signInProblems } from "../../facts/sign-in-problems.ts";
import type { Check } from "../check.ts";
import type { JudgeCertificate } from "./caller-certificate.ts";
import { challenge } from "./challenge.ts";
import { withoutCredential, withoutParameter } from "./drop-credential.ts";
import { type CredentialSource, type Found, twoCredentials } from "./find-credential.ts";
import type { Finders } from "./open.ts";
import { problems } from "./problems.ts";
import type { Said } from "./remembered-callers.ts";
import { askedAbout, type OpenAsked, type Taker } from "./take-credential.ts";

export interface AuthenticateRules {
  readonly finders: Finders;
  /** Judges who calls again, now: it may have been revoked since. */
  readonly judge: (caller: Caller) => Refusal | undefined;
  /** Judges the certificate of the connection, where no other credential came. */
  readonly certificate: JudgeCertificate | undefined;
  /** Whether a caller without a credential may go on: the operation is open to anybody. */
  readonly anonymous: boolean;
}

export type AuthenticateNeeds =
  | "address"
  | "envelope"
  | "fields"
  | "forwardFields"
  | "host"
  | "query"
  | "scheme"
  | "traceId";
export type AuthenticateGives =
  | "accessToken"
  | "believes"
  | "bodyBytes"
  | "caller"
  | "exchanging"
  | "forwardFields"
  | "heldBytes"
  | "query"
  | "rememberedCaller";
type Facts = Known<AuthenticateNeeds, AuthenticateGives>;

/**
 * Finds out who calls. A credential that is sent is verified even where the operation needs none,
 * and a bad one is refused. If it were ignored, a customer whose token has expired would silently
 * be served as somebody who is not signed in.
 */
export function compileAuthenticate(
  rules: AuthenticateRules,
): Check<AuthenticateNeeds, AuthenticateGives> {
  const { finders, anonymous } = rules;
  const { find, inBody, inEnvelope } = finders;
  const missing = challenge(
    refuse(signInProblems["credential-missing"], { detail: "no credential was presented" }),
  );
  const take = (
    known: Facts,
    found: Found<Taker> | Refusal | undefined,
  ): Refusal | undefined | Promise<Refusal | undefined> => {
    if (found === undefined) {
      const shown = takeCertificate(rules, known);
      return shown === "none" ? (anonymous ? undefined : missing) : shown;
    }
    if (isRefusal(found)) return challenge(found);
    const { credential } = found;
    const { taker } = found.at;
    const nowSeconds = Math.floor(known.receivedAtMs / 1000);
    const asked = askedAbout(taker, credential);
    if (asked === undefined) {
      const said = taker.verify(credential, nowSeconds, known.clockDoubtSeconds);
      return accept(rules, known, found, said);
    }
    const said = ask(asked, known, found);
    return said instanceof Promise
      ? said.then((one) => accept(rules, known, found, one))
      : accept(rules, known, found, said);
  };
  return (known) => {
    const inHead = find(known.arrival.rawHeaders, known.query);
    const framed = known.envelope === undefined ? undefined : inEnvelope?.(known.envelope);
    const found = eitherOf(inHead, framed);
    const reading = inBody?.(known);
    if (reading === undefined) return take(known, found);
    return reading.then((inside) => take(known, eitherOf(found, inside)));
  };
}

/** Two credentials, wherever they are, are refused. */
const eitherOf = <T>(one: T | undefined, other: T | undefined): T | Refusal | undefined =>
  one !== undefined && other !== undefined ? twoCredentials : (one ?? other);

/**
 * A certificate belongs to the connection, and goes no further than the gate: where a credential
 * came, that one says who calls. Where anybody may call, one that names nobody here is nobody's.
 */
function takeCertificate(
  { anonymous, certificate: judgeCertificate, judge }: AuthenticateRules,
  known: Facts,
): Refusal | "none" | undefined {
  const shown = judgeCertificate === undefined ? undefined : known.arrival.clientCertificate?.();
  if (judgeCertificate === undefined || shown === undefined) return "none";
  const said = judgeCertificate(shown, Math.floor(known.receivedAtMs / 1000));
  if (isRefusal(said)) return anonymous ? undefined : challenge(said);
  const doubt = judge(said);
  if (doubt !== undefined) return challenge(doubt);
  known.accessToken = shown.thumbprint;
  known.believes = (_, nowSeconds) => {
    const again = judgeCertificate(shown, nowSeconds);
    return isRefusal(again) ? again : judge(again);
  };
  known.caller = said;
  return undefined;
}

function ask(asked: OpenAsked, known: Facts, found: Found<Taker>): Said | Promise<Said> {
  const name = asked.nameOf(found, known);
  known.rememberedCaller = { forget: () => asked.forget(name), doubt: () => asked.doubt(name) };
  return asked.memory.find(name, known.receivedAtMs, () => asked.ask(found, known));
}

function accept(
  rules: AuthenticateRules,
  known: Facts,
  found: Found<Taker>,
  said: Said,
): Refusal | undefined {
  if (isRefusal(said)) {
    // Browsers keep the cookies of sessions that nobody is signed in by, and sign in with them.
    if (rules.anonymous && said.problem === problems["session-invalid"]) return undefined;
    return challenge(said);
  }
  const doubt = rules.judge(said);
  if (doubt !== undefined) {
    // Somebody was told that it is over: what is kept of it goes, wherever it is kept.
    if (doubt.problem === signInProblems["token-revoked"]) known.rememberedCaller?.forget();
    return challenge(doubt);
  }
  const { taker } = found.at;
  known.accessToken = found.credential;
  known.believes =
    askedAbout(taker, found.credential) === undefined ? taker.believes : () => rules.judge(said);
  known.caller = said;
  if (taker.drops.size > 0 && taker.drops.has(said.source)) drop(known, found.at.source);
  if (taker.exchanges.size > 0 && taker.exchanges.has(said.source))
    known.exchanging = {
      source: said.source,
      credential: found.credential,
      replaceBy(token) {
        drop(known, found.at.source);
        known.forwardFields = withoutCredential(known.forwardFields, authorizationField);
        known.forwardFields.push("Authorization", `Bearer ${token}`);
      },
    };
  return undefined;
}

const authorizationField: CredentialSource = { header: "Authorization", scheme: undefined };

/** Takes the credential from what goes on to the backend. */
function drop(known: Facts, source: CredentialSource): void {
  known.forwardFields = withoutCredential(known.forwardFields, source);
  if ("query" in source) known.query = withoutParameter(known.query, source.query);
}
