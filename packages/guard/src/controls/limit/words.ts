import type { Words } from "../control.ts";
import type { LimitPlan } from "./plan.ts";
import { amountText } from "../../reading/amount.ts";
import { findingsOf } from "./findings.ts";
import type { Bound, LimitForm, LimitRule, Measure, OperationLimits } from "./rules.ts";

const units: Readonly<Record<number, string>> = {
  1000: "s",
  60_000: "min",
  3_600_000: "hour",
  86_400_000: "day",
};

const perWindow = (bound: Bound): string => {
  if (bound.kind === "rate" && bound.rate !== "tier")
    return units[bound.rate.windowMs] ?? `${bound.rate.windowMs}ms`;
  return bound.kind === "quota" && bound.quota !== "tier" ? bound.quota.window : "";
};

const howMuch = (bound: Bound): number => {
  if (bound.kind === "rate" && bound.rate !== "tier") return bound.rate.count;
  return bound.kind === "quota" && bound.quota !== "tier" ? bound.quota.most : 0;
};

const howMany = (bound: Bound, measure: Measure, { tiers }: LimitPlan): string => {
  if (measure.of === "bytes") return `${howMuch(bound)} bytes/${perWindow(bound)}`;
  if (measure.of === "sum")
    return `sum of ${measure.part} ${amountText(howMuch(bound))}/${perWindow(bound)}`;
  const byTier = `tier (${tiers.map(([tier]) => tier).join(", ")})`;
  if (bound.kind === "concurrent") return `${bound.most} at once`;
  if (bound.kind === "quota")
    return bound.quota === "tier"
      ? `quota by ${byTier}`
      : `quota ${bound.quota.most}/${bound.quota.window}`;
  const { rate } = bound;
  return rate === "tier" ? byTier : `${rate.count}/${units[rate.windowMs] ?? `${rate.windowMs}ms`}`;
};

const ofForm = ({ app, bound, cost }: LimitForm, measure: Measure, plan: LimitPlan): string =>
  howMany(bound, measure, plan) +
  (cost === 1 ? "" : ` at ${cost} each`) +
  (app === undefined ? "" : ` for ${app}`);

const wordsOf = ({ count, forms, measure, per }: LimitRule, plan: LimitPlan): string =>
  `${forms.map((form) => ofForm(form, measure, plan)).join(" or ")} per ${per.join("+")}` +
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
