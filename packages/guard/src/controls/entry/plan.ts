import type { Operation } from "../../document/api-document.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import { closestOf, type EntryAt, type JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import { nearest } from "../../reading/nearest-name.ts";
import { carriesRequests } from "./carried-requests.ts";
import { type EntryRule, entryRuleOf } from "./entry.ts";
import type { keys } from "./policy.ts";

type Keys = typeof keys & CoreKeys;
type Allow = NonNullable<EntryAt<Keys>["entry"]["allow"]>;

export interface EntryPlan {
  /** Scopes by role. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
}

export interface OperationEntryPlan {
  /** Undefined where neither document nor policy says who may enter: then nobody may. */
  readonly rule: EntryRule | undefined;
  /** Its body carries requests of its own: closed until the policy lets the backend judge them. */
  readonly carriesRequests: "closed" | "allowed" | undefined;
}

export const planEntry = ({ roles = {} }: PolicyOf<Keys>): EntryPlan => ({ roles });

export function planOperationEntry(
  entries: readonly EntryAt<Keys>[],
  operation: Operation | undefined,
  context: JoinContext,
): OperationEntryPlan {
  if (operation === undefined) return { rule: undefined, carriesRequests: undefined };
  let rule = entryRuleOf(operation.security);
  for (const { entry, index } of entries)
    if (entry.allow !== undefined) rule = allowed(entry.allow, rule, index, context);
  const may = closestOf(entries, "carriesRequests")?.value === true;
  const carries = carriesRequests(operation, context.schemasOf(operation));
  return { rule, carriesRequests: carries ? (may ? "allowed" : "closed") : undefined };
}

function allowed(
  allow: Allow,
  before: EntryRule | undefined,
  index: number,
  context: JoinContext,
): EntryRule {
  if (allow === "anyone") return { anonymous: true, alternatives: [], roles: [], clients: [] };
  const { clients = [], roles = [], scopes } = allow;
  const known = context.namesOf("role");
  roles.forEach((role, at) => {
    if (known === undefined || known.includes(role)) return;
    const meant = nearest(role, known);
    context.note(
      ["operations", String(index), "allow", "roles", String(at)],
      `there is no role '${role}'`,
      {
        expected: known.join(", "),
        ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }),
      },
    );
  });
  // Scopes that the document asks for stay asked for, unless the policy names its own.
  const ofDocument = before?.anonymous === false ? before.alternatives : [];
  return {
    anonymous: false,
    alternatives: scopes === undefined ? ofDocument : [{ scopes }],
    roles,
    clients,
  };
}
