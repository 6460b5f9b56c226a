import type { ApiDocument } from "../document/api-document.ts";
import type { ModeRule } from "../facts/mode.ts";
import type { PersonalField, PseudonymField } from "../facts/record.ts";
import type { BackendReading } from "./backend-reading.ts";
import type { StatePlan } from "./state-setting.ts";
import type { UpstreamPlan } from "./upstream-setting.ts";

/**
 * The policy and its documents, joined and checked: for every operation what will be done, in plain
 * data, so that it travels to the gate threads and can be shown and compared. Nothing in it is
 * looked up again. `Whole` and `Own` are what the controls say of the gate and of one operation,
 * by their names.
 */
export interface PlanOf<Whole, Own> {
  readonly apis: readonly ApiPlanOf<Own>[];
  /** What no document names. */
  readonly undeclared: OperationPlanOf<Own>;
  readonly controls: Whole;
  /** Where what many requests share is counted. */
  readonly state: StatePlan;
  /** The origin of `publicUrl`. */
  readonly origin: string | undefined;
  /** Whether the policy names who signs tokens. */
  readonly identified: boolean;
  readonly record: {
    readonly fields: readonly PersonalField[];
    readonly plain: readonly PseudonymField[];
  };
}

export interface ApiPlanOf<Own> {
  readonly document: ApiDocument;
  readonly upstream: UpstreamPlan;
  readonly backendReads: BackendReading;
  readonly version: string | undefined;
  /** The built-in issuer's own endpoints and pages. */
  readonly issuer: boolean;
  /** In the order of the document's operations. */
  readonly operations: readonly OperationPlanOf<Own>[];
}

export interface OperationPlanOf<Own> {
  /** operationId, or `METHOD /path`; `(undeclared)` for what no document names. */
  readonly name: string;
  /** By mode key. */
  readonly modes: Readonly<Record<string, ModeRule>>;
  /** Whether anybody may enter, signed in or not. Undefined where no rule says who may. */
  readonly anonymous: boolean | undefined;
  readonly controls: Own;
  /** How much of an answer is held to be read. */
  readonly mostAnswerBytes: number;
  /** GETs carry a strong validator. */
  readonly entityTags: boolean;
}

export const undeclaredName = "(undeclared)";
