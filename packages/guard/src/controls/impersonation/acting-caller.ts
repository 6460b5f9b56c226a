import type { Acting, Caller } from "../../facts/caller.ts";
import type { Impersonation } from "../../state/impersonations.ts";
import type { ImpersonationPlan } from "./plan.ts";

/** The caller in whose name it is done, as far as who acts may be that person. */
export type ActingCallerOf = (pair: ActingPair, session: Impersonation) => Caller;

/** Who would act in whose name. */
export interface ActingPair {
  readonly by: Caller;
  /** The caller that a token with `act` names; undefined where a header names somebody. */
  readonly told: Caller | undefined;
  /** The subject, and the key that it counts by. */
  readonly subject: string;
  readonly key: string;
  readonly reason: string;
}

/** How strongly somebody has signed in is true of who sits there. */
const strengthClaims = ["acr", "amr", "auth_time", "cnf", "device_trusted"] as const;
const mostOfOneCaller = 100;

/**
 * Makes the caller whose objects are one's own, whose limits hold and whom the backend is told of:
 * the person, with no more rights than are left. The same object for the same session, because what
 * is remembered of a caller is remembered of that object.
 */
export function compileActingCaller({
  keepsRoles,
  keepsScopes,
  of,
}: Pick<ImpersonationPlan, "keepsRoles" | "keepsScopes" | "of">): ActingCallerOf {
  const made = new WeakMap<Caller, Map<string, Caller>>();
  const leftOf = (all: readonly string[], most: readonly string[] | undefined) =>
    most === undefined ? all : all.filter((one) => most.includes(one));
  const make = ({ by, key, reason, subject, told }: ActingPair, session: Impersonation): Caller => {
    const acting: Acting = { by, reason, session: session.id, mostScopes: keepsScopes };
    const expiresAtSeconds = Math.min(by.expiresAtSeconds, Math.floor(session.untilMs / 1000));
    if (told !== undefined)
      return {
        ...told,
        roles: leftOf(told.roles, keepsRoles),
        scopes: leftOf(told.scopes, keepsScopes),
        expiresAtSeconds,
        acting,
      };
    return {
      subject,
      source: of,
      key,
      elsewhere: false,
      clientId: by.clientId,
      scopes: keepsScopes ?? [],
      roles: session.roles === undefined ? (keepsRoles ?? []) : leftOf(session.roles, keepsRoles),
      tier: session.tier,
      deviceId: undefined,
      boundKey: undefined,
      boundCertificate: undefined,
      sessionId: undefined,
      accountVersion: session.accountVersion,
      tokenId: undefined,
      issuedAtSeconds: Math.floor(session.begunAtMs / 1000),
      expiresAtSeconds,
      claims: Object.freeze(strengthOf(by)),
      acting,
    };
  };
  return (pair, session) => {
    // A token's own caller is made anew for each token, and so is what acts by it.
    const owner = pair.told ?? pair.by;
    let sessions = made.get(owner);
    if (sessions === undefined || sessions.size >= mostOfOneCaller)
      made.set(owner, (sessions = new Map()));
    let caller = sessions.get(session.id);
    if (caller === undefined)
      sessions.set(session.id, (caller = Object.freeze(make(pair, session))));
    return caller;
  };
}

function strengthOf({ claims }: Caller): Record<string, unknown> {
  const strength: Record<string, unknown> = {};
  for (const name of strengthClaims) if (claims[name] !== undefined) strength[name] = claims[name];
  return strength;
}
