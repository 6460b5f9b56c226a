import type { Operation } from "../../document/api-document.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import type { OwnersPlan } from "./plan.ts";
import { isFor } from "./of-methods.ts";
import { planAtom } from "./plan-atom.ts";
import type { Named } from "./plan-choosing.ts";
import { planConditions } from "./plan-conditions.ts";
import { filters, planForeign } from "./plan-foreign.ts";
import type { OwnerClause } from "./owner-rule.ts";
import type { OwnerLeaf, OwnerSetting } from "./policy.ts";

type Place = readonly string[];

/** Each clause has a bit of its own among those that the answer must decide. */
const mostClauses = 30;

/** A rule of the policy that is one clause: ways to own the object, of which one is enough. */
interface ClauseSetting {
  readonly leaves: readonly OwnerLeaf[];
  /** Where each of them stands. */
  readonly places: readonly Place[];
  readonly is: string | undefined;
  readonly exceptRoles: readonly string[];
}

/** An owner rule as clauses that must all hold, each of atoms of which one is enough. */
export function planClauses(
  operation: Operation,
  setting: OwnerSetting,
  place: Place,
  context: JoinContext,
): OwnersPlan | undefined {
  if (!("any" in setting) && !("all" in setting) && filters(setting))
    return planForeign(operation, setting, place, context);
  const settings = clausesOf(setting, place);
  const owned = settings.flatMap((clause) => {
    const others = settings.filter((one) => one !== clause);
    return planClause(operation, clause, judgedBy(others), context) ?? [];
  });
  const states = planConditions(operation, setting, place, judgedBy(settings), context);
  const clauses = [...owned, ...states];
  if (clauses.length > mostClauses)
    context.note(place, `an owner rule has more than ${mostClauses} parts`);
  return clauses.length === 0 ? undefined : { clauses, foreign: undefined };
}

/** Takes `any` and `all` apart. */
function clausesOf(setting: OwnerSetting, place: Place): ClauseSetting[] {
  if ("all" in setting)
    return setting.all.flatMap((part, index) => {
      const here = [...place, "all", String(index)];
      return clausesOf(part, here).map((clause) => ({
        ...clause,
        is: clause.is ?? setting.is,
        exceptRoles: [...(setting.exceptRoles ?? []), ...clause.exceptRoles],
      }));
    });
  if ("any" in setting)
    return [
      {
        leaves: setting.any,
        places: setting.any.map((_, index) => [...place, "any", String(index)]),
        is: setting.is,
        exceptRoles: setting.exceptRoles ?? [],
      },
    ];
  return [{ leaves: [setting], places: [place], is: undefined, exceptRoles: [] }];
}

/** Parameters that clauses hold to the caller, for everybody: they choose nothing that is another's. */
function judgedBy(clauses: readonly ClauseSetting[]): (parameter: Named) => boolean {
  const held = clauses.flatMap(({ exceptRoles, leaves: [leaf, another] }) =>
    another === undefined && exceptRoles.length === 0 && leaf?.exceptRoles === undefined
      ? (leaf?.param ?? [])
      : [],
  );
  return ({ in: location, name }) => held.includes(name) || held.includes(`${location}.${name}`);
}

function planClause(
  operation: Operation,
  { exceptRoles, is, leaves, places }: ClauseSetting,
  judged: (parameter: Named) => boolean,
  context: JoinContext,
): OwnerClause | undefined {
  const placeOf = (index: number): Place => places[index] as Place;
  if (leaves.length > 1)
    leaves.forEach((leaf, index) => {
      if (leaf.optional === true)
        context.note(
          [...placeOf(index), "optional"],
          "one of several ways to own an object is not optional: " +
            "a request without it would pass them all",
        );
    });
  if (!leaves.some(({ methods }) => isFor(methods, operation)))
    context.note(placeOf(0), `no way to own the object is left for ${operation.key}`, {
      expected: "a way without methods, or with this one; or another rule for this operation",
    });
  const atoms = leaves.flatMap((leaf, index) =>
    isFor(leaf.methods, operation)
      ? (planAtom(operation, leaf, placeOf(index), { is, judged }, context) ?? [])
      : [],
  );
  if (atoms.length === 0) return undefined;
  return {
    atoms,
    exceptRoles: [...exceptRoles, ...leaves.flatMap((leaf) => leaf.exceptRoles ?? [])],
  };
}
