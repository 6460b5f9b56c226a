import type { Operation, UncheckedPart } from "../../document/api-document.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import { closestOf, type EntryAt } from "../../policy/join-context.ts";
import { refuse } from "../../facts/refusal.ts";
import type { Check } from "../check.ts";
import type { Finding } from "../control.ts";
import type { keys } from "./policy.ts";
import { problems } from "./problems.ts";

/** What of an operation's document could not be read, and what becomes of its requests. */
export interface UncheckedPlan {
  readonly parts: readonly UncheckedPart[];
  /** Whether the policy lets requests pass that are not checked. */
  readonly accepted: boolean;
}

/** Undefined where the document was understood. */
export function planUnchecked(
  entries: readonly EntryAt<typeof keys & CoreKeys>[],
  operation: Operation | undefined,
): UncheckedPlan | undefined {
  if (operation?.unchecked === undefined) return undefined;
  const accepted = closestOf(entries, "accept")?.value.includes("unchecked") === true;
  return { parts: operation.unchecked, accepted };
}

const refusal = refuse(problems["request-uncheckable"], {
  detail: "its document cannot be read, and the policy does not say accept: [unchecked]",
});

/**
 * Closes an operation whose requests would pass unchecked. Undefined where they are checked, or
 * where the policy accepts it.
 */
export const closeUnchecked = (unchecked: UncheckedPlan | undefined): Check<never> | undefined =>
  isClosed(unchecked) ? () => refusal : undefined;

const isClosed = (unchecked: UncheckedPlan | undefined): boolean =>
  unchecked?.parts.includes("request") === true && !unchecked.accepted;

/** What the table of `check` says beside what is checked. */
export function uncheckedWords(unchecked: UncheckedPlan | undefined): string {
  if (unchecked === undefined) return "";
  const parts = unchecked.parts.join(" and ");
  return ` (unchecked: ${parts}${isClosed(unchecked) ? ", closed" : ""})`;
}

const kinds = {
  closed:
    "[have|has] requests that cannot be checked as the document says, and [are|is] closed where request is " +
    "enforced (mend the document, or say 'accept: [unchecked]')",
  response: "[have|has] answers that cannot be checked as the document says (mend the document)",
  security:
    "[have|has] security that cannot be read, so that the document lets nobody in " +
    "(mend the document, or say 'allow')",
} as const;

export function findUnchecked(
  unchecked: UncheckedPlan | undefined,
  name: string,
): readonly Finding[] {
  const { parts = [] } = unchecked ?? {};
  const found: Finding[] = [];
  if (isClosed(unchecked)) found.push({ kind: kinds.closed, what: name });
  for (const part of ["response", "security"] as const)
    if (parts.includes(part)) found.push({ kind: kinds[part], what: name });
  return found;
}
