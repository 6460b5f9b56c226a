import type { EntryRule } from "../authorization/entry.ts";
import type { OwnerClause } from "../authorization/owner-rule.ts";
import type { StepUpRule } from "../authorization/step-up.ts";
import type { UpgradeRules } from "../clients/forced-upgrade.ts";
import type { Control } from "../control.ts";
import type { Binding } from "../credentials/binding.ts";
import type { CredentialSource } from "../credentials/find-credential.ts";
import type { PersonalField } from "../decision-record.ts";
import type { LimitRule, Tiers } from "../limits/compile-limits.ts";
import type { Rate } from "../limits/rate.ts";
import type { ApiDocument } from "../operation.ts";
import type { ModeRule } from "../rollout/mode.ts";

/**
 * The policy and its documents, joined and checked: for every operation what will be done, in plain data, so that it
 * travels to the gate threads and can be shown and compared. Nothing in it is looked up again.
 */
export interface Plan {
  readonly apis: readonly ApiPlan[];
  /** What no document names. */
  readonly undeclared: Pick<OperationPlan, "modes" | "limits">;
  readonly identity: IdentityPlan | undefined;
  /** Scopes by role. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** Who sees, and who may write, what the document declares for everybody. */
  readonly visible: PropertyRoles;
  readonly writable: PropertyRoles;
  readonly sealed: SealedPlan | undefined;
  /** Where ids are shown: kinds by schema and property; undefined when nobody asks. */
  readonly shown: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  readonly decisionPoints: Readonly<Record<string, DecisionPointPlan>>;
  readonly tiers: Tiers;
  /** Requests of one network before anything else is asked; undefined: not counted. */
  readonly admission: Rate | undefined;
  readonly limitKeys: number;
  readonly state: string;
  readonly upgrade: UpgradeRules;
  readonly versioning: VersioningPlan;
  /** Undefined where pages of other origins have no say: then answers are what the backend makes of it. */
  readonly cors: CorsPlan | undefined;
  readonly trustedProxies: readonly string[];
  readonly recordFields: readonly PersonalField[];
}

/** Pages of other origins. */
export interface CorsPlan {
  /** To the letter, or `*`. */
  readonly origins: readonly string[];
  readonly credentials: boolean;
  readonly maxAgeSeconds: number;
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
}

export interface UpstreamPlan {
  readonly targets: readonly string[];
  readonly connections: number | undefined;
  readonly connectTimeoutMs: number | undefined;
  readonly headersTimeoutMs: number | undefined;
  readonly bodyTimeoutMs: number | undefined;
  readonly healthCheck: HealthCheckPlan | undefined;
}

export interface HealthCheckPlan {
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly unhealthyAfter: number;
  readonly healthyAfter: number;
}

export interface ApiPlan {
  readonly document: ApiDocument;
  readonly upstream: UpstreamPlan;
  readonly version: string | undefined;
  /** Deprecation, Sunset and Link fields of every answer. Flat. */
  readonly answerHeaders: readonly string[];
  readonly sunsetAtMs: number | undefined;
  /** The built-in issuer's own endpoints and pages. */
  readonly issuer: boolean;
  /** In the order of the document's operations. */
  readonly operations: readonly OperationPlan[];
}

export interface OperationPlan {
  readonly name: string;
  readonly modes: Readonly<Record<Control, ModeRule>>;
  readonly entry: EntryRule | undefined;
  readonly owner: OwnersPlan | undefined;
  /** The policy says that whose the objects are does not matter. */
  readonly ownerless: boolean;
  /** Its body carries requests of its own: closed until the policy says that the backend judges each of them. */
  readonly carriesRequests: "closed" | "allowed" | undefined;
  readonly stepUp: StepUpRule | undefined;
  readonly limits: readonly LimitRule[];
  readonly mostBodyBytes: number;
  /** How much of an answer is held to be read. */
  readonly mostAnswerBytes: number;
  /** What is unknown, forbidden and another's is answered alike, at multiples of this time. */
  readonly hideStepMs: number | undefined;
  /** GETs carry a strong validator. */
  readonly tags: boolean;
}

/** The mark of a property that holds a link to the API: every id in it is sealed as its own kind. */
export const linkMark = "~link";

/** Object ids that leave sealed to their reader and come back opened. */
export interface SealedPlan {
  /** Kinds of objects by the name of the path or query parameter that holds their id. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Kinds by schema and property. */
  readonly marks: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly kinds: Readonly<Record<string, { readonly to: string; readonly rawFor: string | undefined }>>;
}

/** An external authorization service. */
export interface DecisionPointPlan {
  readonly url: string;
  readonly form: "authzen" | "openfga" | "http";
  readonly timeoutMs: number;
  readonly rememberMs: number;
  readonly onFailure: "deny" | "allow";
}

export interface OwnersPlan {
  /** Every clause must hold. */
  readonly clauses: readonly OwnerClause[];
  /** A list of the answer that is cut to the caller's own instead of being refused. */
  readonly foreign: { readonly pointer: readonly string[]; readonly is: string; readonly exceptRoles: readonly string[] } | undefined;
}

/** Roles by property, by schema: `{ Account: { riskScore: [support] } }`. */
export type PropertyRoles = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface IdentityPlan {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly jwksUri: string | undefined;
  readonly algorithms: readonly string[];
  readonly typ: "at+jwt" | "any";
  readonly clockToleranceSeconds: number;
  readonly rolesClaim: string;
  readonly tierClaim: string | undefined;
  readonly deviceClaim: string | undefined;
  readonly binding: Binding;
  readonly requireNonce: boolean;
  /** How far a proof's own time may be off, either way, before a nonce is asked for. */
  readonly proofWindowSeconds: number;
  /** Of publicUrl; what proofs are made for. */
  readonly origin: string | undefined;
  /** Where the token may sit; for one security scheme of the documents, or for all. */
  readonly credentials: readonly { readonly securityScheme: string | undefined; readonly source: CredentialSource }[];
}

export type VersioningPlan = { readonly from: "path" } | { readonly from: "header" | "query" | "accept"; readonly name: string; readonly otherwise: string | undefined };
