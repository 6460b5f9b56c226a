import type { FailureRule } from "../../policy/failure-setting.ts";
import type { OnLoss } from "../../policy/state-setting.ts";
import type { Quota, Rate } from "../../reading/rate.ts";
import type { LimitPart, SummedPart } from "./limit-key.ts";

/** Which answers a limit counts. */
export type Count = "all" | "failures" | "successes";

/** What a limit counts: requests, bytes of their bodies and answers, or a number in their bodies. */
export type Measure =
  | { readonly of: "requests" }
  | { readonly of: "bytes" }
  | { readonly of: "sum"; readonly part: SummedPart };

/** What one form of a limit allows. */
export type Bound =
  | { readonly kind: "rate"; readonly rate: Rate | "tier"; readonly burst: number | undefined }
  | { readonly kind: "quota"; readonly quota: Quota | "tier" }
  | { readonly kind: "concurrent"; readonly most: number };

/** A limit as it holds for some versions of the app. */
export interface LimitForm {
  /** Undefined: for all versions that no other form names. */
  readonly app: string | undefined;
  readonly cost: number;
  readonly bound: Bound;
}

/** One limit of one operation. Limits of the same name share their buckets. Plain data. */
export interface LimitRule {
  /** Of what the entry selects and how it counts, so that it outlives changes of how much. */
  readonly name: string;
  /** Where it stands in the policy: entry and limit, from 1. */
  readonly place: string;
  readonly kind: Bound["kind"];
  readonly measure: Measure;
  readonly per: readonly LimitPart[];
  readonly count: Count;
  /** The time zone of a quota's days and months. */
  readonly zone: string;
  /** Undefined: as the policy says for all limits. */
  readonly onStateLoss: OnLoss | undefined;
  /** At least one; all of the same kind. */
  readonly forms: readonly LimitForm[];
}

/** What a tier allows. */
export interface Tier {
  readonly rate: Rate | undefined;
  readonly quota: Quota | undefined;
}

/** By name. The first is for callers whose token names none of them. */
export type Tiers = readonly (readonly [string, Tier])[];

/** What holds for one operation. */
export interface OperationLimits {
  readonly rules: readonly LimitRule[];
  readonly failure: FailureRule;
}
