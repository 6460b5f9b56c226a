import type { Words } from "../control.ts";
import type { LimitPlan } from "./plan.ts";
import type { LimitRule } from "./take-all.ts";

const units: Readonly<Record<number, string>> = {
  1000: "s",
  60_000: "min",
  3_600_000: "hour",
  86_400_000: "day",
};

function wordsOf({ per, rate }: LimitRule, { tiers }: LimitPlan): string {
  const howMany =
    rate === "tier"
      ? `tier (${tiers.map(([tier]) => tier).join(", ")})`
      : `${rate.count}/${units[rate.windowMs] ?? `${rate.windowMs}ms`}`;
  return `${howMany} per ${per.join("+")}`;
}

export const words: Words<LimitPlan, readonly LimitRule[]> = {
  column: {
    key: "limits",
    place: 3,
    title: "LIMITS",
    cell: (rules, _operation, plan) =>
      rules.length === 0 ? "-" : rules.map((rule) => wordsOf(rule, plan)).join(", "),
  },
  findings: (rules, { name }) =>
    rules.length === 0 ? [{ kind: "[have|has] no limit", what: name }] : [],
};
