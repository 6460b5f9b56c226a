import type { Policy } from "../policy/program-policy.ts";
import type { Plan } from "@portcullis/guard/policy";
import { allocateSharedBuckets, type SharedBuckets } from "@portcullis/guard/state";
import type { PlanSettings } from "../gate/settings.ts";
import type { GateSecrets } from "./gate-secrets.ts";

/** The policy and the plan that serve just now, with what goes with them to the gate threads. */
export class Serving {
  #policy: Policy;
  #plan: Plan;
  #buckets: SharedBuckets;
  #secrets: GateSecrets;

  constructor(policy: Policy, plan: Plan, buckets: SharedBuckets, secrets: GateSecrets) {
    this.#policy = policy;
    this.#plan = plan;
    this.#buckets = buckets;
    this.#secrets = secrets;
  }

  get policy(): Policy {
    return this.#policy;
  }

  get plan(): Plan {
    return this.#plan;
  }

  get planSettings(): PlanSettings {
    return { plan: this.#plan, buckets: this.#buckets, ...this.#secrets };
  }

  /** Counts begin anew where the plan has room for another number of them. */
  use(policy: Policy, plan: Plan, secrets: GateSecrets): void {
    if (plan.controls.limit.keys !== this.#plan.controls.limit.keys)
      this.#buckets = allocateSharedBuckets(plan.controls.limit.keys, this.#buckets.seeds);
    this.#policy = policy;
    this.#plan = plan;
    this.#secrets = secrets;
  }
}
