import type { Operation } from "../../document/api-document.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import { isFor } from "./of-methods.ts";
import type { OwnerClause } from "./owner-rule.ts";
import { planState } from "./plan-answer-test.ts";
import { type AtomAt, planResponse } from "./plan-atom.ts";
import { planLookup } from "./plan-lookup.ts";
import { noteStrayKeys } from "./plan-match.ts";
import type { OwnerSetting, StateOfObject } from "./policy.ts";

type Place = readonly string[];

/** A state that the object must be in, or must not, whichever way it is owned. */
interface Condition {
  readonly kind: "when" | "except";
  readonly setting: StateOfObject;
  readonly place: Place;
  /** Roles for which the rule around it does not hold. */
  readonly exceptRoles: readonly string[];
}

/** What `any` and `all` say of the object's state: a clause more that must hold. */
export function planConditions(
  operation: Operation,
  setting: OwnerSetting,
  place: Place,
  judged: AtomAt["judged"],
  context: JoinContext,
): readonly OwnerClause[] {
  return conditionsOf(setting, place, []).flatMap((condition) =>
    isFor(condition.setting.methods, operation)
      ? (planCondition(operation, condition, judged, context) ?? [])
      : [],
  );
}

function conditionsOf(
  setting: OwnerSetting,
  place: Place,
  outerRoles: readonly string[],
): readonly Condition[] {
  if (!("any" in setting) && !("all" in setting)) return [];
  const exceptRoles = [...outerRoles, ...(setting.exceptRoles ?? [])];
  const own = (["when", "except"] as const).flatMap((kind) => {
    const state = setting[kind];
    return state === undefined
      ? []
      : [{ kind, setting: state, place: [...place, kind], exceptRoles }];
  });
  if (!("all" in setting)) return own;
  const inner = setting.all.flatMap((part, index) =>
    conditionsOf(part, [...place, "all", String(index)], exceptRoles),
  );
  return [...own, ...inner];
}

function planCondition(
  operation: Operation,
  { exceptRoles, kind, place, setting }: Condition,
  judged: AtomAt["judged"],
  context: JoinContext,
): OwnerClause | undefined {
  const test = { owner: undefined, states: [planState(kind, setting, place, context)] };
  const { ignores, lookup, response, with: given } = setting;
  const leaf = {
    response,
    ...(ignores === undefined ? {} : { ignores }),
    ...(lookup === undefined ? {} : { lookup }),
    ...(given === undefined ? {} : { with: given }),
  };
  const at: AtomAt = {
    operation,
    leaf,
    place,
    is: "token.sub",
    granted: undefined,
    optional: false,
    judged,
    context,
  };
  noteStrayKeys(at);
  const atom = lookup === undefined ? planResponse(test, at) : planLookup(lookup, test, at);
  return atom === undefined ? undefined : { atoms: [atom], exceptRoles };
}
