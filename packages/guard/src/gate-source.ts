import type { ApiDocument } from "./document/api-document.ts";
import { type GuardPolicy, joinPolicy, type Plan } from "./guard-policy.ts";
import { PolicyFault } from "./policy/policy-fault.ts";

/** What a gate guards by: a plan, or the policy and the documents that make one. */
export type GateSource =
  | { readonly plan: Plan }
  | {
      readonly policy: GuardPolicy;
      /** In the order of the policy's `apis`. */
      readonly documents: readonly ApiDocument[];
    };

/** @throws PolicyFault where policy and documents do not make a plan */
export function planOf(source: GateSource): Plan {
  if ("plan" in source) return source.plan;
  const { faults, plan } = joinPolicy(source.policy, source.documents, (path, message, rest) => ({
    file: "(policy)",
    line: 1,
    column: 1,
    severity: "error",
    message: `${path.join(".")}: ${message}`,
    ...rest,
  }));
  if (plan === undefined) throw new PolicyFault(faults);
  return plan;
}
