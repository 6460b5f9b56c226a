import { type FailureRule, failureOf } from "../../policy/failure-setting.ts";
import type { Operation } from "../../document/api-document.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import { closestOf, type EntryAt, type JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import type { Rate } from "../../reading/rate.ts";
import type { keys } from "./policy.ts";

type Keys = typeof keys & CoreKeys;

export interface PressurePlan {
  /** Whether the policy asks for it. */
  readonly isAsked: boolean;
  /** How many times more a request costs at each step, the least first. */
  readonly steps: readonly number[];
  readonly quietMs: number;
  /** What is left at the last step. */
  readonly least: Rate;
}

/** What is a failure of one operation. */
export interface OperationPressure {
  readonly failure: FailureRule;
  /** Whether policy or document say what a failure is: then fewer of them are a sign. */
  readonly isTold: boolean;
  readonly isSafe: boolean;
}

const usualSteps: readonly number[] = [2, 4, 8];
const usualQuietMs = 600_000;
const usualLeast: Rate = { count: 30, windowMs: 60_000 };

export function planPressure(
  { pressure }: PolicyOf<Keys>,
  { note }: Pick<JoinContext, "note">,
): PressurePlan {
  const { least = usualLeast, quiet = usualQuietMs, steps = usualSteps } = pressure ?? {};
  if (steps.some((step, index) => index > 0 && step <= (steps[index - 1] as number)))
    note(["pressure", "steps"], "each step costs more than the one before", {
      expected: "steps: [2, 4, 8]",
    });
  if (quiet === 0)
    note(["pressure", "quiet"], "pressure that ends at once is none", { expected: "such as 10m" });
  return { isAsked: pressure !== undefined, steps, quietMs: quiet, least };
}

export const planOperationPressure = (
  entries: readonly EntryAt<Keys>[],
  operation: Operation | undefined,
): OperationPressure => {
  const said = closestOf(entries, "failure")?.value;
  const purpose = operation?.purpose;
  return {
    failure: failureOf(said, purpose?.failures),
    isTold: said !== undefined || purpose?.failures !== undefined,
    isSafe: operation !== undefined && ["GET", "HEAD", "QUERY"].includes(operation.method),
  };
};
