import type { Policy } from "../policy/program-policy.ts";
import type { SharedBuckets } from "@portcullis/guard/state";
import type { PlanSettings } from "../gate/settings.ts";
import type { PlanSummary } from "../policy/planned.ts";
import type { GateSecrets } from "./gate-secrets.ts";

/** A policy with everything that goes to the gate threads with it. */
export interface Served {
  readonly policy: Policy;
  readonly plan: PlanSummary;
  readonly buckets: SharedBuckets;
  readonly secrets: GateSecrets;
}

/** The sources of callers that the policy names. */
export const sourceNames = ({ controls }: PlanSummary): readonly string[] =>
  controls.authentication?.sources.map(({ name }) => name) ?? [];

/** What goes to the gate threads. */
export const planSettingsOf = ({ buckets, plan, secrets }: Served): PlanSettings => ({
  plan: plan.bytes,
  buckets,
  ...secrets,
});

/** The policy and the plan that serve just now. */
export class Serving {
  #served: Served;

  constructor(served: Served) {
    this.#served = served;
  }

  get policy(): Policy {
    return this.#served.policy;
  }

  get plan(): PlanSummary {
    return this.#served.plan;
  }

  get served(): Served {
    return this.#served;
  }

  get planSettings(): PlanSettings {
    return planSettingsOf(this.#served);
  }

  /** What was counted stays counted, whatever the new policy says of room for it. */
  next(policy: Policy, plan: PlanSummary, secrets: GateSecrets): Served {
    return { policy, plan, buckets: this.#served.buckets, secrets };
  }

  use(served: Served): void {
    this.#served = served;
  }
}
