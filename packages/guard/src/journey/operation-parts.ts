import type { OwnerEvidence } from "../authorization/owner-evidence.ts";
import type { App } from "../clients/app-version.ts";
import type { SchemaCompiler } from "../contracts/compile-schema.ts";
import type { BindingRules } from "../credentials/binding.ts";
import type { Principal } from "../credentials/principal.ts";
import type { Operation } from "../operation.ts";
import type { ApiPlan, Plan } from "../policy/plan.ts";
import type { Refusal } from "../refusal.ts";
import type { ProvenanceState } from "../state/provenance.ts";
import type { ReplayState } from "../state/replay.ts";
import type { LimitState } from "../state/state.ts";
import type { Upstream } from "../upstream.ts";
import type { LookupMemory } from "./70-lookup.ts";
import type { IdSealing } from "./70-open-ids.ts";
import type { DecisionPoints } from "./70-relation.ts";
import type { IdentityAssertion } from "./80-forward.ts";

/** What every operation of the plan is compiled with. */
export interface SharedParts {
  readonly plan: Plan;
  readonly state: LimitState;
  readonly readApp: (field: string | undefined) => App | undefined;
  readonly checkApp: ((app: App | undefined) => Refusal | undefined) | undefined;
  /** By the operation's security schemes. */
  readonly findCredentialFor: ((operation: Operation) => (rawHeaders: readonly string[]) => string | Refusal | undefined) | undefined;
  /** Undefined when no ids are sealed. */
  readonly sealing: IdSealing | undefined;
  readonly assertIdentity: IdentityAssertion | undefined;
  readonly decisionPoints: DecisionPoints;
  readonly evidence: OwnerEvidence | undefined;
  /** What callers were shown; undefined when nobody asks. */
  readonly provenance: ProvenanceState | undefined;
  readonly verify: ((token: string, nowSeconds: number) => Principal | Refusal) | undefined;
  /** Undefined where nobody asks whether tokens are bound. */
  readonly binding: { readonly rules: BindingRules; readonly replay: ReplayState } | undefined;
}

export interface ApiParts {
  readonly api: ApiPlan;
  readonly upstream: Upstream;
  readonly request: SchemaCompiler;
  readonly response: SchemaCompiler;
  /** What lookups at this API's backend have answered. */
  readonly lookups: LookupMemory;
}
