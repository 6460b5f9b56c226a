import type { Problem } from "../../facts/problem.ts";
import type { OnLoss } from "../../policy/state-setting.ts";
import { Calendar, nominalMs } from "../../reading/calendar.ts";
import type { Quota, Rate } from "../../reading/rate.ts";
import { type Bucket, FormedBucket, neverEnds } from "../../state/state.ts";
import { compileLimitItem, policyItem } from "./limit-headers.ts";
import { problems } from "./problems.ts";
import type { Bound, LimitForm, LimitRule, Tier } from "./rules.ts";

/** A limit under one bound, ready to be asked and to be told of. */
export interface Bounds {
  readonly rule: LimitRule;
  /**
   * @param inventors who may have no more than a share of such buckets; see `isInvented`
   * @param taken what the request takes, where the rule does not say it
   */
  readonly bucketOf: (
    who: string,
    atMs: number,
    inventors?: readonly string[],
    taken?: number,
  ) => Bucket;
  /** After how many seconds there is one more; 0: nobody knows. */
  readonly moreInSeconds: (atMs: number) => number;
  readonly problem: Problem;
  readonly most: number;
  readonly cost: number;
  readonly policy: string;
  readonly item: (remaining: number, resetSeconds: number) => string;
}

/** What all bounds of one limit share. */
export interface OfLimit {
  readonly rule: LimitRule;
  readonly onLoss: OnLoss;
  /** The longest that any of its bounds takes to be full again. */
  readonly deepestMs: number;
  /** Undefined unless it is a quota. */
  readonly calendar: Calendar | undefined;
}

/** The same of a tier's word: undefined where the tier does not say it, which planning refuses. */
export function resolved(bound: Bound, tier: Tier | undefined): RateBound | Quota | number {
  if (bound.kind === "concurrent") return bound.most;
  if (bound.kind === "quota") return given(bound.quota === "tier" ? tier?.quota : bound.quota);
  const rate = given(bound.rate === "tier" ? tier?.rate : bound.rate);
  return { rate, burst: bound.burst ?? rate.count };
}

export interface RateBound {
  readonly rate: Rate;
  readonly burst: number;
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError("a limit by tier needs limits.tiers");
  return value;
}

export const wholeMsOf = ({ burst, rate }: RateBound): number =>
  (burst * rate.windowMs) / rate.count;

export function compileBounds(of: OfLimit, form: LimitForm, tier: Tier | undefined): Bounds {
  const bound = resolved(form.bound, tier);
  if (typeof bound === "number") return concurrentBounds(of, bound);
  return "rate" in bound ? rateBounds(of, form.cost, bound) : quotaBounds(of, form.cost, bound);
}

function rateBounds(of: OfLimit, cost: number, { burst, rate }: RateBound): Bounds {
  const { deepestMs, onLoss, rule } = of;
  const { count, windowMs } = rate;
  const { name: limit } = rule;
  const intervalMs = windowMs / count;
  const moreInSeconds = Math.ceil(intervalMs / 1000);
  const form = { limit, cost, onLoss, intervalMs, burst, deepestMs };
  const name = announcedName(rule);
  return {
    rule,
    bucketOf: (who, _atMs, inventors, taken) =>
      inventors === undefined && taken === undefined
        ? new FormedBucket(form, who)
        : { kind: "rate", who, inventors, ...form, cost: taken ?? cost },
    moreInSeconds: () => moreInSeconds,
    problem: problems["limit-exceeded"],
    most: count,
    cost,
    policy: policyItem({
      name,
      count,
      windowSeconds: Math.ceil(windowMs / 1000),
      ...unitOf(rule),
    }),
    item: compileLimitItem(name),
  };
}

function quotaBounds(of: OfLimit, cost: number, { most, window }: Quota): Bounds {
  const { calendar = new Calendar(window, "UTC"), onLoss, rule } = of;
  const { name: limit } = rule;
  const name = announcedName(rule);
  const ever = window === "ever";
  return {
    rule,
    bucketOf: (who, atMs, inventors, taken = cost) => ({
      kind: "quota",
      limit,
      who,
      cost: taken,
      inventors,
      onLoss,
      most,
      atMs,
      endsAtMs: calendar.endOf(atMs),
      lengthMs: ever ? neverEnds : calendar.lengthOf(atMs),
    }),
    moreInSeconds: (atMs) => (ever ? 0 : Math.ceil((calendar.endOf(atMs) - atMs) / 1000)),
    problem: problems["quota-used-up"],
    most,
    cost,
    policy: policyItem({
      name,
      count: most,
      windowSeconds: ever ? 0 : nominalMs(window) / 1000,
      ...unitOf(rule),
    }),
    item: compileLimitItem(name),
  };
}

function concurrentBounds({ onLoss, rule }: OfLimit, most: number): Bounds {
  const { name: limit } = rule;
  const name = announcedName(rule);
  return {
    rule,
    bucketOf: (who) => ({ kind: "concurrent", limit, who, cost: 1, onLoss, most }),
    moreInSeconds: () => 0,
    problem: problems["concurrency-exceeded"],
    most,
    cost: 1,
    policy: policyItem({ name, count: most, windowSeconds: 0, unit: "concurrent-requests" }),
    item: compileLimitItem(name),
  };
}

const unitOf = ({ measure }: LimitRule): { readonly unit?: "content-bytes" } =>
  measure.of === "bytes" ? { unit: "content-bytes" } : {};

/**
 * The name under which the caller is told of the limit. It says what is counted by, and nothing of
 * how the policy is written.
 */
const announcedName = ({ per }: LimitRule): string =>
  per.map((part) => (part.startsWith("body.") ? "body" : part)).join("+");
