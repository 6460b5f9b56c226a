import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { Rate } from "../../reading/rate.ts";
import type { Bucket, LimitState, Taken } from "../../state/state.ts";
import { compileLimitKey, type CountedFacts, type LimitPart, readsBody } from "./limit-key.ts";
import { compileLimitItem, policyItem } from "./limit-headers.ts";
import { problems } from "./problems.ts";

/** One limit of one operation. Limits of the same name share their buckets. */
export interface LimitRule {
  readonly name: string;
  readonly per: readonly LimitPart[];
  /** `tier`: by the caller's tier. */
  readonly rate: Rate | "tier";
  /** How many at once; the rate's count unless given. */
  readonly burst: number | undefined;
}

/** Rates by tier. The first is for callers whose token names none of them. */
export type Tiers = readonly (readonly [string, Rate])[];

/**
 * Takes from every bucket or from none. Fields for the answer are appended to `answerFields`, flat.
 */
export type TakeAll = (
  counted: CountedFacts & { readonly answerFields: string[] },
) => Refusal | undefined | Promise<Refusal | undefined>;

const quotaExceeded = "https://iana.org/assignments/http-problem-types#quota-exceeded";

interface Compiled {
  readonly rule: LimitRule;
  readonly keyOf: (counted: CountedFacts) => string;
  readonly boundsOf: (tier: string | undefined) => Bounds;
  /**
   * Whether callers who are not signed in are left to another limit, which counts by address. A
   * limit by user would count thousands of them behind one carrier's address as one user.
   */
  readonly skipsStrangers: boolean;
}

interface Bounds {
  readonly intervalMs: number;
  readonly burst: number;
  readonly policy: string;
  readonly item: (remaining: number, resetSeconds: number) => string;
}

function boundsOf(name: string, { count, windowMs }: Rate, burst: number | undefined): Bounds {
  return {
    intervalMs: windowMs / count,
    burst: burst ?? count,
    policy: policyItem({ name, count, windowSeconds: Math.ceil(windowMs / 1000) }),
    item: compileLimitItem(name),
  };
}

function compileOne(
  rule: LimitRule,
  tiers: Tiers,
  byAddress: boolean,
  operation: string,
): Compiled {
  const { burst, name, per, rate } = rule;
  const keyOf = compileLimitKey(name, per, operation);
  const skipsStrangers = byAddress && per.includes("user") && !per.includes("address");
  if (rate !== "tier") {
    const bounds = boundsOf(announcedName(rule), rate, burst);
    return { rule, keyOf, skipsStrangers, boundsOf: () => bounds };
  }
  const [first] = tiers;
  if (first === undefined) throw new RangeError("a limit by tier needs limits.tiers");
  const otherwise = boundsOf(announcedName(rule), first[1], burst);
  const byTier = new Map(
    tiers.map(([tier, tierRate]) => [tier, boundsOf(announcedName(rule), tierRate, burst)]),
  );
  return {
    rule,
    keyOf,
    skipsStrangers,
    boundsOf: (tier) => (tier === undefined ? otherwise : (byTier.get(tier) ?? otherwise)),
  };
}

/**
 * The name under which the caller is told of the limit. It says what is counted by, and nothing of
 * how the policy is written.
 */
const announcedName = ({ per }: LimitRule): string =>
  per.map((part) => (part.startsWith("body.") ? "body" : part)).join("+");

/**
 * The limits of one operation, in the two moments they can be judged: before the body is read, and
 * after it where they count by it.
 */
export function compileLimits(
  rules: readonly LimitRule[],
  tiers: Tiers,
  operation: string,
  state: LimitState,
): { readonly before: TakeAll | undefined; readonly after: TakeAll | undefined } {
  const byAddress = rules.some((rule) => rule.per.includes("address"));
  const takes = (wanted: readonly LimitRule[]): TakeAll | undefined =>
    wanted.length === 0
      ? undefined
      : compileTake(
          wanted.map((rule) => compileOne(rule, tiers, byAddress, operation)),
          state,
        );
  return {
    before: takes(rules.filter((rule) => !readsBody(rule.per))),
    after: takes(rules.filter((rule) => readsBody(rule.per))),
  };
}

function compileTake(limits: readonly Compiled[], state: LimitState): TakeAll {
  return (counted) => {
    const buckets: Bucket[] = [];
    const asked: Asked[] = [];
    for (const limit of limits) {
      if (limit.skipsStrangers && counted.caller === undefined) continue;
      const bounds = limit.boundsOf(counted.caller?.tier);
      asked.push({ rule: limit.rule, bounds });
      buckets.push({
        key: limit.keyOf(counted),
        intervalMs: bounds.intervalMs,
        burst: bounds.burst,
      });
    }
    if (buckets.length === 0) return undefined;
    const taken = state.takeAll(buckets);
    return taken instanceof Promise
      ? taken.then((outcome) => conclude(asked, outcome, counted.answerFields), unknown)
      : conclude(asked, taken, counted.answerFields);
  };
}

/** What is shared is lost, and the policy does not let each process count alone. */
const unknown = (fault: unknown): Refusal =>
  refuse(problems["limit-unknown"], { detail: (fault as Error).message, retryAfterSeconds: 2 });

interface Asked {
  readonly rule: LimitRule;
  readonly bounds: Bounds;
}

function conclude(
  asked: readonly Asked[],
  { refusedBy, remaining, waitMs }: Taken,
  answerFields: string[],
): Refusal | undefined {
  if (refusedBy !== -1) {
    const {
      bounds: { item, policy },
      rule,
    } = asked[refusedBy] as Asked;
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    return refuse(problems["limit-exceeded"], {
      detail: `${rule.name}: ${policy}`,
      retryAfterSeconds: seconds,
      type: quotaExceeded,
      headers: [
        ["RateLimit-Policy", policy],
        ["RateLimit", item(0, seconds)],
      ],
    });
  }
  let tightest = 0;
  for (let index = 1; index < remaining.length; index += 1)
    if ((remaining[index] as number) < (remaining[tightest] as number)) tightest = index;
  const {
    bounds: { intervalMs, item, policy },
  } = asked[tightest] as Asked;
  answerFields.push(
    "RateLimit-Policy",
    policy,
    "RateLimit",
    item(remaining[tightest] as number, Math.ceil(intervalMs / 1000)),
  );
  return undefined;
}
