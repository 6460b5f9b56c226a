import { type HeldMode, laySwitches } from "@portcullis/guard/modes";
import { type ModeKey, modeKeys } from "@portcullis/guard/policy";
import type { GuardedOperation } from "../../policy/guarded-operations.ts";
import type { SwitchRecord } from "../../store/tables/switches.ts";

/** What can be enforced step by step: all but what always is, and what closes an operation. */
export const ladderKeys: readonly ModeKey[] = modeKeys.filter(
  ({ kind }) => kind === "settable" || kind === "named",
);

/** The modes of an operation as they are now, under the switches that hold. */
export const heldModes = (
  { modes, name }: GuardedOperation,
  switches: readonly SwitchRecord[],
): Readonly<Record<string, HeldMode>> => laySwitches(name, modes, switches, modeKeys);

/** Switches that say something of this control at this operation, the one that wins last. */
export const switchesAbout = (
  switches: readonly SwitchRecord[],
  operation: string,
  key: string,
): readonly SwitchRecord[] =>
  switches.filter(
    (one) =>
      (one.operation === operation || one.operation === "*") &&
      (one.control === key || one.control === undefined),
  );

/** A mode in one word; `staged` where it depends on who calls. */
export function modeWord(held: HeldMode): "off" | "observe" | "enforce" | "staged" {
  if (typeof held === "string") return held;
  const whom = "for" in held ? held.for : held.enforce;
  if (whom.app !== undefined || (whom.percent ?? 100) < 100) return "staged";
  return "for" in held ? held.mode : "enforce";
}

/** A mode in words: `enforce for builds >=3.4, else observe`. */
export function modeWords(held: HeldMode): string {
  if (typeof held === "string") return held;
  const [whom, mode] = "for" in held ? [held.for, held.mode] : [held.enforce, "enforce"];
  const parts = [
    ...(whom.app === undefined ? [] : [`builds ${whom.app}`]),
    ...((whom.percent ?? 100) === 100 ? [] : [`${whom.percent} % of callers`]),
  ];
  return parts.length === 0
    ? mode
    : `${mode} for ${parts.join(" and ")}, else ${modeWords(held.otherwise)}`;
}
