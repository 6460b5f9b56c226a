import { createHash } from "node:crypto";
import type { Operation } from "../../document/api-document.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import { type FailureRule, failureOf } from "../../policy/failure-setting.ts";
import { closestOf, type EntryAt, type JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import type { OnLoss } from "../../policy/state-setting.ts";
import type { FlowSteps } from "../../state/flows.ts";
import { noteFlows } from "./contradictions.ts";
import type { keys } from "./policy.ts";

export type Keys = typeof keys & CoreKeys;

/** The steps that lead to the operations of one entry. */
export interface FlowRule extends FlowSteps {
  /** Where it stands in the policy: the entry, from 0. */
  readonly entry: number;
  /** Whether its success leaves the steps as they are. */
  readonly isRepeated: boolean;
}

export interface FlowPlan {
  readonly flows: readonly FlowRule[];
  /** Whether what this process has seen counts while Redis is lost. */
  readonly onStateLoss: OnLoss;
}

export interface OperationFlow {
  /** The entry whose flow leads to it; undefined where none does. */
  readonly entry: number | undefined;
  readonly failure: FailureRule;
}

const usualWithinMs = 1_800_000;

export function planFlows(policy: PolicyOf<Keys>, context: JoinContext): FlowPlan {
  const flows = (policy.operations ?? []).flatMap(({ flow, match }, entry): FlowRule[] => {
    if (flow === undefined || flow === "none") return [];
    const { after, least = 0, repeat = false, within = usualWithinMs } = flow;
    return [
      {
        name: createHash("sha256")
          .update(JSON.stringify([match, after]))
          .digest("base64url")
          .slice(0, 12),
        entry,
        steps: after,
        withinMs: within,
        leastMs: least,
        isRepeated: repeat,
      },
    ];
  });
  if (flows.length > 0) noteFlows(flows, policy.operations ?? [], context);
  return { flows, onStateLoss: policy.onStateLoss?.flow ?? "local" };
}

export function planOperationFlow(
  entries: readonly EntryAt<Keys>[],
  operation: Operation | undefined,
  { anonymous, note }: JoinContext & { readonly anonymous: boolean | undefined },
): OperationFlow {
  const found = closestOf(entries, "flow");
  const failure = failureOf(closestOf(entries, "failure")?.value, operation?.purpose?.failures);
  if (found === undefined || found.value === "none" || operation === undefined)
    return { entry: undefined, failure };
  if (anonymous === true)
    note(
      ["operations", String(found.index), "flow"],
      `anybody may enter '${operation.key}', and steps are remembered of who has signed in`,
      { expected: "an operation that asks for a token" },
    );
  return { entry: found.index, failure };
}
