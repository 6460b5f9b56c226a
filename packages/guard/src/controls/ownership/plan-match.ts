import type { JoinContext } from "../../policy/join-context.ts";
import { sourceOfClaim } from "../../facts/caller.ts";
import { noteClaimSource } from "../../policy/claim-source.ts";
import type { OwnerMatch } from "./answer-test.ts";
import type { GrantedPlan } from "./granted.ts";
import type { AtomAt } from "./plan-atom.ts";
import type { OwnerLeaf } from "./policy.ts";

const owner = "token.sub";

/** Whom the owner must be; undefined, with the fault noted, where the rule does not say. */
export function planMatch(
  { equals, granted, in: claims, is, provenance }: OwnerLeaf,
  outerIs: string | undefined,
  method: string,
  place: readonly string[],
  context: Pick<JoinContext, "namesOf" | "note">,
): OwnerMatch | undefined {
  const { note } = context;
  const given = [equals, claims, is].filter((one) => one !== undefined);
  if (given.length > 1)
    note(place, "an owner rule says more than once whose the object must be", {
      expected: "one of is: token.sub, in: token.orgs, equals: public",
    });
  if (granted !== undefined && (equals ?? claims) !== undefined)
    note([...place, "granted"], "only what is one person's can be granted by its owner", {
      expected: "is: token.sub beside granted",
    });
  if (equals !== undefined) return { equals };
  if (claims !== undefined) {
    noteClaimSource(claims, [...place, "in"], context);
    return { in: claims };
  }
  // Provenance asks what this very subject was shown, unless the rule names a claim that a whole
  // team shares.
  const found = is ?? outerIs ?? (provenance === undefined ? undefined : owner);
  if (found !== undefined) {
    const isSaid = (is ?? outerIs) !== undefined;
    noteClaimSource(found, is === undefined ? place : [...place, "is"], context, isSaid);
    return granted === undefined
      ? { is: found }
      : { is: found, granted: { kind: granted, method, source: sourceOfClaim(found) } };
  }
  note(place, "an owner rule does not say whose the object must be", {
    expected: "is: token.sub",
  });
  return undefined;
}

/** For rules that compare with one claim; what else they say is noted as a fault. */
export const claimOf = (match: OwnerMatch): string => ("is" in match ? match.is : owner);

export const grantedOf = (match: OwnerMatch): GrantedPlan | undefined =>
  "is" in match ? match.granted : undefined;

/** Keys that only a rule has which reads an answer, and those that need one who is asked. */
const ofAnswers = ["in", "equals", "some", "when", "except"] as const;

/** Keys that do nothing in this kind of rule would look as if they did. */
export function noteStrayKeys({ context, leaf, place }: AtomAt): void {
  const { granted, lookup, mostObjects, provenance, relation, response } = leaf;
  if (granted !== undefined && (provenance ?? relation ?? leaf.grants) !== undefined)
    context.note(
      [...place, "granted"],
      "this way of owning an object finds no owner who could grant it",
      {
        expected: "granted beside param, body, response, or lookup with response",
      },
    );
  if (lookup === undefined && response === undefined)
    for (const key of ofAnswers)
      if (leaf[key] !== undefined)
        context.note([...place, key], `'${key}' is asked of an answer, and this rule reads none`, {
          expected: "response: /pointer, or lookup: operationId with response: /pointer",
        });
  if (mostObjects !== undefined && lookup === undefined && relation === undefined)
    context.note([...place, "mostObjects"], "nobody is asked about the objects of this rule", {
      mend: "mostObjects bounds how often a lookup or a decision point is asked for one request.",
    });
  for (const key of ["find", "with"] as const)
    if (leaf[key] !== undefined && lookup === undefined)
      context.note([...place, key], `'${key}' belongs to a lookup, and this rule has none`);
}
