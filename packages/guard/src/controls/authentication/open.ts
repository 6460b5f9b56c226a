import type { Operation } from "../../document/api-document.ts";
import type { Caller } from "../../facts/caller.ts";
import type { Facts } from "../../facts/facts.ts";
import { isRefusal, refuse } from "../../facts/refusal.ts";
import type { Check } from "../check.ts";
import { compileAccessTokenCheck } from "./access-token.ts";
import { compileCredentialFinder, type FindCredential } from "./find-credential.ts";
import type { KeySource } from "./key-ring.ts";
import type { AuthenticationPlan } from "./plan.ts";
import { problems } from "./problems.ts";
import type { Revocations } from "./revocation.ts";
import { compileTokenLife, type NoteTokenTimes } from "./token-life.ts";
import { cacheVerifiedTokens, type VerifyToken } from "./verified-token-cache.ts";

/** What the program around the gate provides. */
export interface AuthenticationPorts {
  /** The issuer's keys; needed where the policy names an issuer. */
  readonly keys?: KeySource | undefined;
  /** A token names a key that is not known: the issuer may have a new one. */
  readonly onUnknownKey?: (() => void) | undefined;
  /** Tokens that were revoked: they are refused although their signature is valid. */
  readonly revocations?: Revocations | undefined;
  /** How many seconds ago it was last known which tokens are revoked; without it, always now. */
  readonly revocationsAge?: (() => number) | undefined;
  /** A token was verified that this thread had not seen. */
  readonly onNewToken?: ((caller: Caller) => void) | undefined;
  /** How long tokens of another issuer live, and how old they are when they are used. */
  readonly onTokenTimes?: NoteTokenTimes | undefined;
}

/** What all operations share. */
export interface Authentication {
  readonly verify: VerifyToken;
  /** Judges a token that was verified before: it may have expired, or been revoked, since. */
  readonly believes: NonNullable<Facts["believes"]>;
  /** By the operation's security schemes. */
  readonly finderFor: (operation: Operation) => FindCredential;
  /** Judges how long the caller's token lives; undefined for the built-in issuer's. */
  readonly life: Check<"caller"> | undefined;
  readonly close: () => void;
}

/** Each takes a few kilobytes, in every thread. */
const mostVerifiedTokens = 20_000;

export function openAuthentication(
  plan: AuthenticationPlan | undefined,
  {
    keys,
    onNewToken,
    onTokenTimes,
    onUnknownKey,
    revocations,
    revocationsAge,
  }: AuthenticationPorts,
): Authentication | undefined {
  if (plan === undefined) return undefined;
  let keySet = keys?.keySet(plan.algorithms);
  const check = compileAccessTokenCheck({
    ...plan,
    keys: () => keySet,
    onUnknownKey: onUnknownKey ?? ignore,
  });
  const tokens = cacheVerifiedTokens(check, {
    most: mostVerifiedTokens,
    toleranceSeconds: plan.clockToleranceSeconds,
    onNew: onNewToken,
  });
  const close = keys?.watch(() => {
    keySet = keys.keySet(plan.algorithms);
    // A token that was signed with a key which the issuer has withdrawn must not be accepted any
    // longer.
    tokens.forget();
  });
  const known =
    revocations === undefined ? tokens.verify : withRevocations(tokens.verify, revocations);
  const verify = whileFresh(known, plan.stalenessSeconds, revocationsAge);
  return {
    verify,
    believes(token, nowSeconds, doubtSeconds) {
      const outcome = verify(token, nowSeconds, doubtSeconds);
      return isRefusal(outcome) ? outcome : undefined;
    },
    finderFor: compileFinders(plan),
    life: plan.builtin ? undefined : compileTokenLife(plan.mostLifeSeconds, onTokenTimes),
    close: close ?? ignore,
  };
}

const ignore = (): void => undefined;

/** Asked on every request: a token that was verified an hour ago may have been revoked just now. */
function withRevocations(
  verify: Authentication["verify"],
  revocations: Revocations,
): Authentication["verify"] {
  return (token, nowSeconds, doubtSeconds) => {
    const outcome = verify(token, nowSeconds, doubtSeconds);
    return isRefusal(outcome) ? outcome : (revocations.check(outcome) ?? outcome);
  };
}

/**
 * A token that is good otherwise is refused once it has not been known for too long what was
 * revoked: whoever can keep the gate from the store could use a stolen token for ever.
 */
function whileFresh(
  verify: Authentication["verify"],
  stalenessSeconds: number | undefined,
  ageSeconds: AuthenticationPorts["revocationsAge"],
): Authentication["verify"] {
  if (stalenessSeconds === undefined || ageSeconds === undefined) return verify;
  return (token, nowSeconds, doubtSeconds) => {
    const outcome = verify(token, nowSeconds, doubtSeconds);
    if (isRefusal(outcome)) return outcome;
    const age = ageSeconds();
    if (age <= stalenessSeconds) return outcome;
    return refuse(problems["revocations-unknown"], {
      detail: `revocations were last read ${Math.floor(age)} seconds ago`,
      retryAfterSeconds: 5,
    });
  };
}

/**
 * Finds the places where an operation may carry its credential: those of its own security schemes,
 * or all places of the policy where none of them fits. A credential at any other place is not read.
 */
function compileFinders({ credentials }: AuthenticationPlan): Authentication["finderFor"] {
  const finders = new Map<string, FindCredential>();
  return ({ security }) => {
    const named = (security ?? []).flatMap((requirement) => Object.keys(requirement));
    const fitting = credentials.filter(
      ({ securityScheme }) => securityScheme === undefined || named.includes(securityScheme),
    );
    const sources = (fitting.length > 0 ? fitting : credentials).map(({ source }) => source);
    const key = JSON.stringify(sources);
    let finder = finders.get(key);
    if (finder === undefined) {
      finder = compileCredentialFinder(sources);
      finders.set(key, finder);
    }
    return finder;
  };
}
