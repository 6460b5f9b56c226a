import type { Operation } from "../../document/api-document.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import { closestOf, type EntryAt, type JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import type { OwnerClause } from "./owner-rule.ts";
import type { ForeignPlan } from "./plan-foreign.ts";
import { planClauses } from "./plan-clauses.ts";
import type { keys } from "./policy.ts";
import type { DecisionPointPlan } from "./relation.ts";

type Keys = typeof keys & CoreKeys;

export interface OwnershipPlan {
  readonly decisionPoints: Readonly<Record<string, DecisionPointPlan>>;
}

/** Whose the objects of one operation must be. */
export interface OwnersPlan {
  /** Every clause must hold. */
  readonly clauses: readonly OwnerClause[];
  /** A list of the answer that is cut to the caller's own instead of being refused. */
  readonly foreign: ForeignPlan | undefined;
}

export interface OperationOwnership {
  readonly owners: OwnersPlan | undefined;
  /** The policy says that whose the objects are does not matter. */
  readonly ownerless: boolean;
}

export function planOwnership({ decisionPoints = {} }: PolicyOf<Keys>): OwnershipPlan {
  const points = Object.entries(decisionPoints).map(
    ([name, { form, onFailure = "deny", remember = 0, timeout = 500, url }]) => [
      name,
      { url, form, timeoutMs: timeout, rememberMs: remember, onFailure },
    ],
  );
  return { decisionPoints: Object.fromEntries(points) as OwnershipPlan["decisionPoints"] };
}

export function planOperationOwnership(
  entries: readonly EntryAt<Keys>[],
  operation: Operation | undefined,
  context: JoinContext & { readonly anonymous: boolean | undefined },
): OperationOwnership {
  const found = closestOf(entries, "owner");
  if (found === undefined || found.value === "none" || operation === undefined)
    return { owners: undefined, ownerless: found?.value === "none" };
  const { index, value: setting } = found;
  const place = ["operations", String(index), "owner"];
  if (!context.identified)
    context.note(place, "an owner is a signed-in caller, and no issuer is named", {
      expected: "identity: { issuer: https://..., audience: ... }",
    });
  if (context.anonymous === true)
    context.note(place, `anybody may call '${operation.key}', so the caller may be nobody`, {
      mend:
        "Ask for a token (security in the document, or allow: { scopes: [...] }), " +
        "or drop the owner.",
    });
  return { owners: planClauses(operation, setting, place, context), ownerless: false };
}
