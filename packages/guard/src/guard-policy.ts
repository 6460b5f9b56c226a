import type { AnyControl } from "./controls/order-builder.ts";
import type { ApiDocument, Fault } from "./document/api-document.ts";
import type { Problem } from "./facts/problem.ts";
import { journeyModeKeys, routeProblems, upstreamProblems } from "./journey/problems.ts";
import { order } from "./order.ts";
import type { CoreKeys } from "./policy/core-keys.ts";
import { type IssuerApi, type Joining, joinPlan } from "./policy/join.ts";
import type { PolicyKeys, PolicyOf } from "./policy/keys.ts";
import type { ModeKey } from "./policy/mode-setting.ts";
import type { ApiPlanOf, OperationPlanOf, PlanOf } from "./policy/plan.ts";
import { composePolicy, type PolicyFormat } from "./policy/policy-format.ts";
import type { PolicyReading } from "./policy/read-policy.ts";

type Controls = (typeof order)["controls"][number];
type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer A) => void
  ? A
  : never;
type ByName<C, R> = C extends { readonly name: infer N extends string }
  ? { readonly [K in N]: R }
  : never;
type WholeOf<C> = C extends { plan?(policy: never, context: never): infer R } ? R : undefined;
type OwnOf<C> = C extends {
  planOperation?(entries: never, operation: never, context: never): infer R;
}
  ? R
  : undefined;
type Wholes<C> = C extends AnyControl ? ByName<C, WholeOf<C>> : never;
type Owns<C> = C extends AnyControl ? ByName<C, OwnOf<C>> : never;

/** What the controls say of the whole gate, by their names. */
export type ControlPlans = Intersection<Wholes<Controls>>;
/** What the controls say of one operation, by their names. */
export type OperationControls = Intersection<Owns<Controls>>;

/** The policy and its documents, joined and checked: plain data. */
export type Plan = PlanOf<ControlPlans, OperationControls>;
export type ApiPlan = ApiPlanOf<OperationControls>;
export type OperationPlan = OperationPlanOf<OperationControls>;

/** Keys of the policy that controls bring along. */
export type GuardKeys = Intersection<Controls["keys"]>;
/** The policy, as far as the gate itself reads it. */
export type GuardPolicy = PolicyOf<GuardKeys & CoreKeys>;

/** Keys that the program around the gate adds to the policy, with what it checks of them. */
export interface Settings<K extends PolicyKeys = PolicyKeys>
  extends Pick<Joining, "name" | "plan"> {
  readonly keys: K;
}

/** Every key of the policy's `mode`, in the order in which the controls stand. */
export const modeKeys: readonly ModeKey[] = Object.freeze([
  ...order.controls.flatMap((control: AnyControl) => control.modeKeys ?? []),
  ...journeyModeKeys,
]);

/** Every way in which the gate says no, by its code. */
export const problemCatalogue: ReadonlyMap<string, Problem> = gatherProblems();

function gatherProblems(): ReadonlyMap<string, Problem> {
  const tables = order.controls.flatMap((control: AnyControl) => control.problems);
  const catalogue = new Map<string, Problem>();
  for (const problem of [...tables, routeProblems, upstreamProblems].flatMap(Object.values)) {
    const known = catalogue.get(problem.code);
    if (known !== undefined && known !== problem)
      throw new Error(`two problems have the code '${problem.code}'`);
    catalogue.set(problem.code, problem);
  }
  return catalogue;
}

/** The policy's format: the gate's own keys, and those of the program around it. */
export function policyFormat<K extends PolicyKeys = GuardKeys>(
  settings: readonly Settings[] = [],
): PolicyFormat<GuardKeys & K> {
  return composePolicy(
    [...order.controls, ...settings].map(({ keys }) => keys),
    modeKeys,
  );
}

export interface JoinOptions {
  /** The program's own settings: they are checked beside the controls. */
  readonly settings?: readonly Settings[];
  /** The built-in issuer's endpoints, which become operations of the gate. */
  readonly issuer?: IssuerApi | undefined;
}

/**
 * Joins policy and documents into the plan, or says everything that keeps it from being one.
 * `documents` stand in the order of the policy's `apis`.
 */
export function joinPolicy(
  policy: GuardPolicy,
  documents: readonly ApiDocument[],
  faultAt: PolicyReading<unknown>["faultAt"],
  { issuer, settings = [] }: JoinOptions = {},
): { readonly plan: Plan | undefined; readonly faults: readonly Fault[] } {
  const parts: readonly Joining[] = [...order.controls, ...settings];
  return joinPlan<ControlPlans, OperationControls>(
    parts,
    modeKeys,
    policy,
    documents,
    faultAt,
    issuer,
  );
}
