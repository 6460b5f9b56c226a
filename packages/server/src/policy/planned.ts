import type { Fault } from "@portcullis/guard/documents";
import type { OperationRole } from "@portcullis/guard/records";
import type { Plan, Standing, UpstreamPlan } from "@portcullis/guard/policy";
import type { Loaded } from "./load-policy.ts";
import { atOnce, standingOf } from "@portcullis/guard/policy";
import { type GuardedOperation, guardedOperations } from "./guarded-operations.ts";
import { type NamedOperation, operationNames } from "./operation-names.ts";
import { type PlanBytes, readPlan, writePlan } from "./plan-bytes.ts";
import type { Policy } from "./program-policy.ts";
import { stricterBy } from "./stricter.ts";

/** What the control thread asks of a plan. The whole of it is for the gate threads alone. */
export interface PlanSummary {
  readonly controls: Pick<
    Plan["controls"],
    "authentication" | "binding" | "impersonation" | "limit" | "pressure" | "provenance"
  >;
  readonly state: Plan["state"];
  readonly apis: readonly { readonly issuer: boolean; readonly upstream: UpstreamPlan }[];
  /** How many operations the documents name. */
  readonly operations: number;
  readonly names: readonly NamedOperation[];
  /** The same, with what guards them, and what no document names. */
  readonly guarded: readonly GuardedOperation[];
  /** What operations are for, each said once. */
  readonly roles: readonly OperationRole[];
  /** Where each control stands. */
  readonly standing: readonly Standing[];
  readonly bytes: PlanBytes;
}

/** A policy that was read on a thread of its own, as far as the control thread needs it. */
export interface Planned {
  /** Undefined where the faults say why there is none. */
  readonly plan: PlanSummary | undefined;
  /** Without its entries of `operations`: they are in the plan. */
  readonly policy: Policy | undefined;
  readonly faults: readonly Fault[];
  readonly folder: string;
  readonly files: ReadonlyMap<string, string>;
  /** In what the plan is, or may be, stricter than the one before; undefined: in nothing. */
  readonly stricter: string | undefined;
}

/** @param before the plan that serves; undefined at the start */
export function plannedOf(loaded: Loaded, before: PlanBytes | undefined): Planned {
  const { documents, faults, files, folder, plan, policy } = loaded;
  return {
    plan: plan === undefined ? undefined : summaryOf(plan, documents),
    policy: policy === undefined ? undefined : withoutEntries(policy),
    faults,
    folder,
    files,
    stricter:
      plan === undefined || before === undefined
        ? undefined
        : stricterBy(atOnce(readPlan(before)), plan),
  };
}

function withoutEntries(policy: Policy): Policy {
  const { operations: _operations, ...rest } = policy;
  return rest;
}

function summaryOf(plan: Plan, documents: Loaded["documents"]): PlanSummary {
  const { authentication, binding, impersonation, limit, pressure, provenance } = plan.controls;
  const roles = plan.apis.flatMap(({ operations }) =>
    operations.flatMap(({ controls }) => controls.signal?.role ?? []),
  );
  return {
    roles: [...new Set(roles)],
    controls: { authentication, binding, impersonation, limit, pressure, provenance },
    state: plan.state,
    apis: plan.apis.map(({ issuer, upstream }) => ({ issuer, upstream })),
    operations: documents.reduce((sum, { operations }) => sum + operations.length, 0),
    names: operationNames(plan),
    standing: standingOf(plan),
    guarded: guardedOperations(plan),
    bytes: writePlan(plan),
  };
}
