import { readRange } from "../../facts/app.ts";
import type { HeaderFields } from "../../facts/header-fields.ts";
import type { OnLoss } from "../../policy/state-setting.ts";
import { readAmount } from "../../reading/amount.ts";
import { Calendar } from "../../reading/calendar.ts";
import { type Bounds, compileBounds, type OfLimit, resolved, wholeMsOf } from "./bounds.ts";
import { compileBodyPart } from "./body-part.ts";
import { compileLimitKey, type CountedFacts, inventorsOf, isInvented } from "./limit-key.ts";
import type { LimitForm, LimitRule, Measure, Tier, Tiers } from "./rules.ts";

/** A limit at one operation, ready to be asked. */
export interface CompiledLimit {
  readonly rule: LimitRule;
  readonly whoOf: (counted: CountedFacts) => string;
  readonly boundsOf: (counted: CountedFacts) => Bounds;
  /** What a request takes, where the rule does not say it; undefined where that cannot be read. */
  readonly costOf: ((counted: MeasuredFacts) => number | undefined) | undefined;
  /** Who has invented the key that a request counts as; undefined where nobody can. */
  readonly inventorsOf: ((counted: CountedFacts) => readonly string[]) | undefined;
  /**
   * Whether callers who are not signed in are left to another limit, which counts by address. A
   * limit by user would count thousands of them behind one carrier's address as one user.
   */
  readonly skipsStrangers: boolean;
}

export interface LimitAt {
  readonly tiers: Tiers;
  readonly operation: string;
  /** What holds where the limit itself does not say. */
  readonly onStateLoss: OnLoss;
  /** Whether another limit of the operation counts by address. */
  readonly byAddress: boolean;
}

/**
 * An answer that is larger than what is left is not broken off; what is missing is waited for, up to
 * so many times what the limit allows.
 */
const mostDebt = 8;

export function compileLimit(rule: LimitRule, at: LimitAt): CompiledLimit {
  const { per } = rule;
  const tiers = byTier(rule) ? at.tiers.map(([, tier]) => tier) : [undefined];
  const of: OfLimit = {
    rule,
    onLoss: rule.onStateLoss ?? at.onStateLoss,
    deepestMs:
      Math.max(...rule.forms.flatMap((form) => tiers.map((tier) => depthOf(form, tier)))) *
      (rule.measure.of === "bytes" ? mostDebt : 1),
    calendar: calendarOf(rule, tiers[0]),
  };
  return {
    rule,
    whoOf: compileLimitKey(per, at.operation),
    boundsOf: compileByTier(of, at.tiers),
    costOf: compileCost(rule.measure),
    inventorsOf: isInvented(per) ? inventorsOf : undefined,
    skipsStrangers: at.byAddress && per.includes("user") && !per.includes("address"),
  };
}

/** What of a request tells how much it takes. */
export type MeasuredFacts = CountedFacts & {
  readonly fields: Pick<HeaderFields, "contentLength">;
};

function compileCost(measure: Measure): CompiledLimit["costOf"] {
  if (measure.of === "requests") return undefined;
  // Of what has no length, one byte is held until it has passed: of an empty bucket there is none.
  if (measure.of === "bytes") return ({ fields }) => Math.max(1, Number(fields.contentLength ?? 0));
  const valueOf = compileBodyPart(measure.part);
  return ({ body }) => readAmount(valueOf(body));
}

const isByTier = ({ bound }: LimitForm): boolean =>
  (bound.kind === "rate" && bound.rate === "tier") ||
  (bound.kind === "quota" && bound.quota === "tier");
const byTier = ({ forms }: LimitRule): boolean => forms.some(isByTier);

function depthOf({ bound }: LimitForm, tier: Tier | undefined): number {
  const own = resolved(bound, tier);
  return typeof own === "object" && "rate" in own ? wholeMsOf(own) : 0;
}

function calendarOf({ forms, zone }: LimitRule, tier: Tier | undefined): Calendar | undefined {
  const own = resolved((forms[0] as LimitForm).bound, tier);
  return typeof own === "object" && "window" in own ? new Calendar(own.window, zone) : undefined;
}

function compileByTier(of: OfLimit, tiers: Tiers): CompiledLimit["boundsOf"] {
  if (!byTier(of.rule)) return compileByApp(of, undefined);
  const [first] = tiers;
  const otherwise = compileByApp(of, first?.[1]);
  const named = new Map(tiers.map(([name, tier]) => [name, compileByApp(of, tier)]));
  return (counted) => {
    const tier = counted.caller?.tier;
    return ((tier === undefined ? undefined : named.get(tier)) ?? otherwise)(counted);
  };
}

/**
 * Which bounds hold for which build. Any caller can claim to be any build, and so a build that does
 * not say its version, or says one that no form names, has the strictest of them.
 */
function compileByApp(of: OfLimit, tier: Tier | undefined): CompiledLimit["boundsOf"] {
  const forms = of.rule.forms.map((form) => ({
    holds: form.app === undefined ? undefined : readRange(form.app),
    bounds: compileBounds(of, form, tier),
    strictness: strictnessOf(form, tier),
  }));
  forms.sort((one, other) => other.strictness - one.strictness);
  const [strictest] = forms;
  if (strictest === undefined) throw new RangeError("a limit without a form");
  if (forms.length === 1 && strictest.holds === undefined) return () => strictest.bounds;
  const unnamed = forms.find(({ holds }) => holds === undefined) ?? strictest;
  return ({ app }) => {
    if (app === undefined) return strictest.bounds;
    for (const { bounds, holds } of forms) if (holds?.(app.numbers) === true) return bounds;
    return unnamed.bounds;
  };
}

/** The more, the fewer requests it lets pass in the long run. */
export function strictnessOf({ bound, cost }: LimitForm, tier: Tier | undefined): number {
  const own = resolved(bound, tier);
  if (typeof own === "number") return 1 / own;
  if ("window" in own) return cost / own.most;
  // The burst decides between rates that are alike.
  return (cost * own.rate.windowMs) / own.rate.count + 1e-9 / own.burst;
}
