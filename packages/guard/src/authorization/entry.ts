import type { SecurityRequirement } from "../operation.ts";
import { refuse, type Refusal } from "../refusal.ts";

/** One way in: all these scopes. An empty list asks for a valid credential and nothing more. */
export interface EntryAlternative {
  readonly scopes: readonly string[];
}

/** Who may enter an operation. No rule at all is `undefined`, and closed. */
export interface EntryRule {
  /** Anybody, signed in or not: the document says `security: []` or `{}`, or the policy says `allow: anyone`. */
  readonly anonymous: boolean;
  readonly alternatives: readonly EntryAlternative[];
  /** The caller must hold one of these roles; empty when roles do not matter. */
  readonly roles: readonly string[];
  /** The token must have been given to one of these apps or programs; empty when any may ask. */
  readonly clients: readonly string[];
}

/** What the document's `security` says of who may enter: silence is no rule, and no rule is closed. */
export function entryRuleOf(security: readonly SecurityRequirement[] | undefined): EntryRule | undefined {
  if (security === undefined) return undefined;
  const anonymous = security.length === 0 || security.some((requirement) => Object.keys(requirement).length === 0);
  return { anonymous, alternatives: security.map((requirement) => ({ scopes: Object.values(requirement).flat() })), roles: [], clients: [] };
}

export interface Entrant {
  readonly clientId?: string | undefined;
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
}

/**
 * Scopes a caller holds: the token's own and those that the policy's `roles` give to the token's roles. Permissions of a
 * role that the policy does not name are none.
 */
export function compileHeldScopes(roles: Readonly<Record<string, readonly string[]>>): (entrant: Entrant) => readonly string[] {
  const permissions = new Map(Object.entries(roles));
  if (permissions.size === 0) return (entrant) => entrant.scopes;
  // An entrant is the same object for every request with the same token.
  const known = new WeakMap<Entrant, readonly string[]>();
  return (entrant) => {
    let held = known.get(entrant);
    if (held === undefined) {
      held = [...entrant.scopes, ...entrant.roles.flatMap((role) => permissions.get(role) ?? [])];
      known.set(entrant, held);
    }
    return held;
  };
}

/** Compiles the judgement of one operation. An entrant of undefined is a caller without a valid credential. */
export function compileEntry(rule: EntryRule | undefined, heldScopes: (entrant: Entrant) => readonly string[]): ((entrant: Entrant | undefined) => Refusal | undefined) | undefined {
  if (rule === undefined) return () => refuse("rule-missing", { detail: "neither the document's security nor the policy says who may call this operation" });
  if (rule.anonymous) return undefined;
  const { alternatives, clients, roles } = rule;
  const asked = alternatives[0]?.scopes.join(" ") ?? "";
  const insufficientScope = refuse("scope-insufficient", {
    detail: `needs ${alternatives.map((alternative) => alternative.scopes.join(" ")).join(" or ")}`,
    headers: [["WWW-Authenticate", `Bearer error="insufficient_scope", scope="${asked}"`]],
  });
  const insufficientRole = refuse("role-insufficient", { detail: `needs one of the roles ${roles.join(", ")}` });
  const wrongClient = refuse("client-refused", { detail: `only from ${clients.join(", ")}` });
  const missing = refuse("credential-missing", { detail: "no valid credential", headers: [["WWW-Authenticate", "Bearer"]] });
  const scopesMatter = alternatives.length > 0 && alternatives.every((alternative) => alternative.scopes.length > 0);
  return (entrant) => {
    if (entrant === undefined) return missing;
    if (clients.length > 0 && !(entrant.clientId !== undefined && clients.includes(entrant.clientId))) return wrongClient;
    if (roles.length > 0 && !roles.some((role) => entrant.roles.includes(role))) return insufficientRole;
    if (!scopesMatter) return undefined;
    const held = heldScopes(entrant);
    for (const alternative of alternatives) {
      if (alternative.scopes.every((scope) => held.includes(scope))) return undefined;
    }
    return insufficientScope;
  };
}
