import type { Caller } from "../../facts/caller.ts";
import type { Known } from "../../facts/facts.ts";
import { isRefusal, refuse, type Refusal } from "../../facts/refusal.ts";
import { signInProblems } from "../../facts/sign-in-problems.ts";
import type { Check } from "../check.ts";
import { challenge } from "./challenge.ts";
import { withoutCredential, withoutParameter } from "./drop-credential.ts";
import type { FindCredential, Found } from "./find-credential.ts";
import { problems } from "./problems.ts";
import type { Said } from "./remembered-callers.ts";
import { askedAbout, nameOf, type OpenAsked, type Taker } from "./take-credential.ts";

export interface AuthenticateRules {
  readonly findCredential: FindCredential<Taker>;
  /** Judges who calls again, now: it may have been revoked since. */
  readonly judge: (caller: Caller) => Refusal | undefined;
  /** Whether a caller without a credential may go on: the operation is open to anybody. */
  readonly anonymous: boolean;
}

export type AuthenticateNeeds =
  | "address"
  | "fields"
  | "forwardFields"
  | "host"
  | "query"
  | "scheme"
  | "traceId";
export type AuthenticateGives =
  | "accessToken"
  | "believes"
  | "caller"
  | "forwardFields"
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
  const { anonymous, findCredential } = rules;
  const missing = challenge(
    refuse(signInProblems["credential-missing"], { detail: "no credential was presented" }),
  );
  return (known) => {
    const found = findCredential(known.arrival.rawHeaders, known.query);
    if (found === undefined) return anonymous ? undefined : missing;
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
}

function ask(asked: OpenAsked, known: Facts, found: Found<Taker>): Said | Promise<Said> {
  const { memory } = asked;
  const name = nameOf(found, known);
  known.rememberedCaller = { forget: () => memory.forget(name) };
  return memory.find(name, known.receivedAtMs, () => asked.ask(found, known));
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
  if (doubt !== undefined) return challenge(doubt);
  const { taker } = found.at;
  known.accessToken = found.credential;
  known.believes =
    askedAbout(taker, found.credential) === undefined ? taker.believes : () => rules.judge(said);
  known.caller = said;
  if (taker.drops.size > 0 && taker.drops.has(said.source)) {
    const { source } = found.at;
    known.forwardFields = withoutCredential(known.forwardFields, source);
    if ("query" in source) known.query = withoutParameter(known.query, source.query);
  }
  return undefined;
}
