import type { Words } from "../control.ts";
import type { LimitPlan } from "./plan.ts";
import { findingsOf } from "./findings.ts";
import type { Bound, LimitForm, LimitRule, OperationLimits } from "./rules.ts";

const units: Readonly<Record<number, string>> = {
  1000: "s",
  60_000: "min",
  3_600_000: "hour",
  86_400_000: "day",
};

const howMany = (bound: Bound, { tiers }: LimitPlan): string => {
  const byTier = `tier (${tiers.map(([tier]) => tier).join(", ")})`;
  if (bound.kind === "concurrent") return `${bound.most} at once`;
  if (bound.kind === "quota")
    return bound.quota === "tier"
      ? `quota by ${byTier}`
      : `quota ${bound.quota.most}/${bound.quota.window}`;
  const { rate } = bound;
  return rate === "tier" ? byTier : `${rate.count}/${units[rate.windowMs] ?? `${rate.windowMs}ms`}`;
};

const ofForm = ({ app, bound, cost }: LimitForm, plan: LimitPlan): string =>
  howMany(bound, plan) +
  (cost === 1 ? "" : ` at ${cost} each`) +
  (app === undefined ? "" : ` for ${app}`);

const wordsOf = ({ count, forms, per }: LimitRule, plan: LimitPlan): string =>
  `${forms.map((form) => ofForm(form, plan)).join(" or ")} per ${per.join("+")}` +
  (count === "all" ? "" : ` by ${count}`);

export const words: Words<LimitPlan, OperationLimits> = {
  column: {
    key: "limits",
    place: 3,
    title: "LIMITS",
    cell: ({ rules }, _operation, plan) =>
      rules.length === 0 ? "-" : rules.map((rule) => wordsOf(rule, plan)).join(", "),
  },
  findings: findingsOf,
};
