import type { Priority } from "../../reading/urgency.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import { closestOf, type EntryAt, type JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import { compileSelection } from "../../policy/select-operations.ts";
import type { keys } from "./policy.ts";

type Keys = typeof keys & CoreKeys;

export interface CapacityPlan {
  /** Whether some operation has a priority: then the backends' capacity is found by measuring. */
  readonly isPrioritized: boolean;
}

/** How much one operation matters while a backend is full. */
export interface OperationCapacity {
  readonly priority: Priority;
  readonly deadlineMs: number | undefined;
}

/** Where more than this part is critical, critical requests wait for each other. */
const mostCritical = 1 / 3;

export function planCapacity(policy: PolicyOf<Keys>, context: JoinContext): CapacityPlan {
  const { operations: entries = [] } = policy;
  const isPrioritized = entries.some(({ priority }) => priority !== undefined);
  if (isPrioritized) noteManyCritical(entries, context);
  return { isPrioritized };
}

export const planOperationCapacity = (entries: readonly EntryAt<Keys>[]): OperationCapacity => ({
  priority: closestOf(entries, "priority")?.value ?? "normal",
  deadlineMs: closestOf(entries, "deadline")?.value,
});

function noteManyCritical(
  entries: NonNullable<PolicyOf<Keys>["operations"]>,
  { documents, note }: JoinContext,
): void {
  const select = compileSelection(entries);
  const operations = documents.flatMap((document) => document.operations);
  const critical = operations.filter(
    (operation) => closestOf(select(operation), "priority")?.value === "critical",
  ).length;
  if (critical <= operations.length * mostCritical) return;
  const first = entries.findIndex(({ priority }) => priority === "critical");
  note(
    ["operations", String(first), "priority"],
    `${critical} of ${operations.length} operations are critical: they wait for each other`,
    { severity: "warning", mend: "Leave critical to what must go on while all else is refused." },
  );
}
