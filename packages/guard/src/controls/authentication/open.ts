import type { Operation } from "../../document/api-document.ts";
import type { Caller } from "../../facts/caller.ts";
import { isRefusal, type Refusal } from "../../facts/refusal.ts";
import type { Check } from "../check.ts";
import { compileAccessTokenCheck } from "./access-token.ts";
import { compileCredentialFinder, type FindCredential } from "./find-credential.ts";
import type { KeySource } from "./key-ring.ts";
import type { AuthenticationPlan } from "./plan.ts";
import type { Revocations } from "./revocation.ts";
import { compileTokenLife, type NoteTokenTimes } from "./token-life.ts";
import { cacheVerifiedTokens } from "./verified-token-cache.ts";

/** What the program around the gate provides. */
export interface AuthenticationPorts {
  /** The issuer's keys; needed where the policy names an issuer. */
  readonly keys?: KeySource | undefined;
  /** A token names a key that is not known: the issuer may have a new one. */
  readonly onUnknownKey?: (() => void) | undefined;
  /** What is no longer believed, though its signature holds. */
  readonly revocations?: Revocations | undefined;
  /** A token was verified that this thread had not seen. */
  readonly onNewToken?: ((caller: Caller) => void) | undefined;
  /** How long tokens of another issuer live, and how old they are when they are used. */
  readonly onTokenTimes?: NoteTokenTimes | undefined;
}

/** What all operations share. */
export interface Authentication {
  readonly verify: (token: string, nowSeconds: number) => Caller | Refusal;
  /** By the operation's security schemes. */
  readonly finderFor: (operation: Operation) => FindCredential;
  /** Judges how long the caller's token lives; undefined for the built-in issuer's. */
  readonly life: Check<"caller"> | undefined;
  readonly close: () => void;
}

/** A few kilobytes each, in every thread. */
const mostVerifiedTokens = 20_000;

export function openAuthentication(
  plan: AuthenticationPlan | undefined,
  { keys, onNewToken, onTokenTimes, onUnknownKey, revocations }: AuthenticationPorts,
): Authentication | undefined {
  if (plan === undefined) return undefined;
  let keySet = keys?.keySet(plan.algorithms);
  const check = compileAccessTokenCheck({
    ...plan,
    keys: () => keySet,
    onUnknownKey: onUnknownKey ?? ignore,
  });
  const tokens = cacheVerifiedTokens(check, mostVerifiedTokens, onNewToken);
  const close = keys?.watch(() => {
    keySet = keys.keySet(plan.algorithms);
    // What the old keys have signed is not believed any more.
    tokens.forget();
  });
  return {
    verify: revocations === undefined ? tokens.verify : withRevocations(tokens.verify, revocations),
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
  return (token, nowSeconds) => {
    const outcome = verify(token, nowSeconds);
    return isRefusal(outcome) ? outcome : (revocations.check(outcome) ?? outcome);
  };
}

/** A credential that sits where the operation's schemes do not look is none. */
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
