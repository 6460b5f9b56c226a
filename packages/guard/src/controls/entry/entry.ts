import type { SecurityRequirement } from "../../document/api-document.ts";
import type { Caller } from "../../facts/caller.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { signInProblems } from "../../facts/sign-in-problems.ts";
import { problems } from "./problems.ts";

/**
 * The scopes that a caller must hold, all of them. An empty list asks for a valid credential and
 * nothing more.
 */
export interface EntryAlternative {
  readonly scopes: readonly string[];
}

/** Who may enter an operation. Where there is no rule (`undefined`), nobody may. */
export interface EntryRule {
  /**
   * Anybody, signed in or not: the document says `security: []` or `{}`, or the policy says `allow:
   * anyone`.
   */
  readonly anonymous: boolean;
  readonly alternatives: readonly EntryAlternative[];
  /** The caller must hold one of these roles; empty when roles do not matter. */
  readonly roles: readonly string[];
  /** The token must have been given to one of these apps or programs; empty when any may ask. */
  readonly clients: readonly string[];
}

/**
 * What the document's `security` says of who may enter. Undefined where it says nothing; nobody may
 * enter then.
 */
export function entryRuleOf(
  security: readonly SecurityRequirement[] | undefined,
): EntryRule | undefined {
  if (security === undefined) return undefined;
  const anonymous =
    security.length === 0 || security.some((requirement) => Object.keys(requirement).length === 0);
  return {
    anonymous,
    alternatives: security.map((requirement) => ({ scopes: Object.values(requirement).flat() })),
    roles: [],
    clients: [],
  };
}

/** The parts of a caller that decide whether it may enter. */
export type Entering = Pick<Caller, "acting" | "clientId" | "scopes" | "roles">;

/**
 * Scopes a caller holds: the token's own and those that the policy's `roles` give to the token's
 * roles. A role that the policy does not name gives none. Who acts for somebody holds no more than
 * what acting leaves, whatever that person's roles give.
 */
export function compileHeldScopes(
  roles: Readonly<Record<string, readonly string[]>>,
): (caller: Entering) => readonly string[] {
  const permissions = new Map(Object.entries(roles));
  if (permissions.size === 0) return (caller) => caller.scopes;
  // A caller is the same object for every request with the same token.
  const known = new WeakMap<Entering, readonly string[]>();
  return (caller) => {
    let held = known.get(caller);
    if (held === undefined) {
      const most = caller.acting?.mostScopes;
      held = [...caller.scopes, ...caller.roles.flatMap((role) => permissions.get(role) ?? [])];
      if (most !== undefined) held = held.filter((scope) => most.includes(scope));
      known.set(caller, held);
    }
    return held;
  };
}

/**
 * Compiles the judgement of one operation. A caller of undefined is a caller without a valid
 * credential.
 */
export function compileEntry(
  rule: EntryRule | undefined,
  heldScopes: (caller: Entering) => readonly string[],
): ((caller: Entering | undefined) => Refusal | undefined) | undefined {
  if (rule === undefined)
    return () =>
      refuse(problems["rule-missing"], {
        detail: "neither the document's security nor the policy says who may call this operation",
      });
  if (rule.anonymous) return undefined;
  const { alternatives, clients, roles } = rule;
  const asked = alternatives[0]?.scopes.join(" ") ?? "";
  const insufficientScope = refuse(problems["scope-insufficient"], {
    detail: `needs ${alternatives.map((alternative) => alternative.scopes.join(" ")).join(" or ")}`,
    headers: [["WWW-Authenticate", `Bearer error="insufficient_scope", scope="${asked}"`]],
  });
  const insufficientRole = refuse(problems["role-insufficient"], {
    detail: `needs one of the roles ${roles.join(", ")}`,
  });
  const wrongClient = refuse(problems["client-refused"], {
    detail: `only from ${clients.join(", ")}`,
  });
  const missing = refuse(signInProblems["credential-missing"], {
    detail: "no valid credential",
    headers: [["WWW-Authenticate", "Bearer"]],
  });
  const scopesMatter =
    alternatives.length > 0 && alternatives.every((alternative) => alternative.scopes.length > 0);
  // A caller is the same object for every request with the same token, and what it is never changes.
  const entered = new WeakSet<Entering>();
  return (caller) => {
    if (caller === undefined) return missing;
    if (entered.has(caller)) return undefined;
    if (clients.length > 0 && !comesFromOneOf(clients, caller)) return wrongClient;
    if (roles.length > 0 && !hasOneOf(roles, caller)) return insufficientRole;
    if (scopesMatter && !sufficesForOneOf(alternatives, heldScopes(caller)))
      return insufficientScope;
    entered.add(caller);
    return undefined;
  };
}

function comesFromOneOf(clients: readonly string[], { clientId }: Entering): boolean {
  return clientId !== undefined && clients.includes(clientId);
}

function hasOneOf(roles: readonly string[], caller: Entering): boolean {
  return roles.some((role) => caller.roles.includes(role));
}

function sufficesForOneOf(
  alternatives: readonly EntryAlternative[],
  held: readonly string[],
): boolean {
  for (const { scopes } of alternatives)
    if (scopes.every((scope) => held.includes(scope))) return true;
  return false;
}
