import { isDeepStrictEqual } from "node:util";
import { type ModeRule, type OperationPlan, type Plan } from "@portcullis/guard/policy";

const strictness = { off: 0, observe: 1, enforce: 2 } as const;

/**
 * In what one plan is, or may be, stricter than the one before it. What somebody has made stricter
 * may have ended an attack, so that nothing but a person may take it back. Modes and operations can
 * be compared; of what controls say it cannot be told which of two is stricter, and any difference
 * counts.
 *
 * @returns words for a person; undefined where nothing is stricter
 */
export function stricterBy(before: Plan, after: Plan): string | undefined {
  const later = operationsOf(after);
  for (const [key, one] of operationsOf(before)) {
    const other = later.get(key);
    if (other === undefined) return `${one.name} is no longer served`;
    const why = operationStricterBy(one, other);
    if (why !== undefined) return `${one.name}: ${why}`;
  }
  const name = changedKey(before.controls, after.controls);
  if (name !== undefined) return `what the policy says for ${name} has changed`;
  return undefined;
}

function operationsOf({ apis, undeclared }: Plan): ReadonlyMap<string, OperationPlan> {
  const all = new Map([["", undeclared]]);
  for (const { document, operations, version = "" } of apis)
    for (const [at, operation] of operations.entries())
      all.set(`${version} ${document.operations[at]?.key}`, operation);
  return all;
}

function operationStricterBy(before: OperationPlan, after: OperationPlan): string | undefined {
  for (const [key, rule] of Object.entries(after.modes))
    if (isStricter(before.modes[key] ?? "off", rule)) return `the mode of ${key} is stricter`;
  if (after.mostAnswerBytes < before.mostAnswerBytes) return "maxAnswerSize is smaller";
  if (before.anonymous === true && after.anonymous !== true) return "not anybody may enter";
  const name = changedKey(before.controls, after.controls);
  return name === undefined ? undefined : `what the policy says for ${name} has changed`;
}

/** Of two staged modes it is known only whether they are the same. */
function isStricter(before: ModeRule, after: ModeRule): boolean {
  if (isDeepStrictEqual(before, after)) return false;
  if (typeof after === "string" && typeof before === "string")
    return strictness[after] > strictness[before];
  return before !== "enforce" && after !== "off";
}

function changedKey(before: object, after: object): string | undefined {
  const values = after as Readonly<Record<string, unknown>>;
  return Object.entries(before).find(([key, value]) => !isDeepStrictEqual(value, values[key]))?.[0];
}
