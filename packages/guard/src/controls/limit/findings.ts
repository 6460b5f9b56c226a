import { isDeepStrictEqual } from "node:util";
import { isNamedLikeSignIn } from "../../document/named-like-sign-in.ts";
import { readRange } from "../../facts/app.ts";
import type { Finding, FindingAt } from "../control.ts";
import { resolved } from "./bounds.ts";
import { strictnessOf } from "./compile-limit.ts";
import { readsBody } from "./limit-key.ts";
import type { LimitPlan } from "./plan.ts";
import type { LimitForm, LimitRule, OperationLimits } from "./rules.ts";

/** What is understood of an operation's limits, but perhaps not meant. */
export function findingsOf(
  { rules }: OperationLimits,
  { name, operation }: FindingAt,
  plan: LimitPlan,
): readonly Finding[] {
  const findings: Finding[] = [];
  const say = (kind: string, rule?: LimitRule): void =>
    void findings.push({ kind, what: rule === undefined ? name : `${name} (${rule.place})` });
  if (rules.length === 0) say("[have|has] no limit");
  for (const rule of rules) {
    const others = rules.filter((other) => other !== rule);
    if (others.some((other) => bindsBefore(other, rule, plan)))
      say(
        "[have|has] a limit that can never bind: another, of no fewer callers together, is tighter",
        rule,
      );
    if (readsBody(rule.per) && !rules.some(({ per }) => per.includes("address")))
      say(
        "[count|counts] by the body with no limit by address beside it: anybody can invent such keys, or use up another's",
        rule,
      );
    if (givesOlderMore(rule, plan))
      say(
        "[allow|allows] older versions of the app more: any caller can say that it is an older one",
        rule,
      );
  }
  if (isNamedLikeSignIn(operation) && !rules.some(countsFailures))
    say("[look|looks] like a sign-in and [have|has] no limit that counts failures");
  return findings;
}

const countsFailures = ({ count }: LimitRule): boolean => count === "failures";

/**
 * Whether one limit always refuses before the other: it counts at least as many callers together,
 * and lets no more of them pass, at once or in the long run.
 */
function bindsBefore(one: LimitRule, other: LimitRule, plan: LimitPlan): boolean {
  if (one.kind !== other.kind || !isDeepStrictEqual(one.measure, other.measure)) return false;
  if (!countsNoLess(one, other) || !isCoarser(one, other)) return false;
  if (one.kind === "quota" && (one.zone !== other.zone || windowsOf(one) !== windowsOf(other)))
    return false;
  const [bound] = one.forms;
  const [held] = other.forms;
  if (bound === undefined || held === undefined) return false;
  if (one.forms.length > 1 || other.forms.length > 1 || bound.app !== undefined) return false;
  return tiersOf(plan).every((tier) => {
    const isTighter =
      strictnessOf(bound, tier) > strictnessOf(held, tier) ||
      (strictnessOf(bound, tier) === strictnessOf(held, tier) && one.place < other.place);
    return isTighter && atOnce(bound, tier) <= atOnce(held, tier);
  });
}

/** What comes to a sum is the same sum where the same answers count. */
const countsNoLess = (one: LimitRule, other: LimitRule): boolean =>
  one.count === "all" || (one.measure.of === "sum" && one.count === other.count);

const windowsOf = ({ forms }: LimitRule): string =>
  forms
    .map(({ bound }) =>
      bound.kind === "quota" && bound.quota !== "tier" ? bound.quota.window : "",
    )
    .join();

/** Whoever is told apart by the first is told apart by the second. */
const isCoarser = (one: LimitRule, other: LimitRule): boolean =>
  one.per.every((part) => part === "everyone" || other.per.includes(part));

const tiersOf = ({ tiers }: LimitPlan) =>
  tiers.length === 0 ? [undefined] : tiers.map(([, tier]) => tier);

function atOnce({ bound, cost }: LimitForm, tier: ReturnType<typeof tiersOf>[number]): number {
  const own = resolved(bound, tier);
  if (typeof own === "number") return own;
  return ("window" in own ? own.most : own.burst) / cost;
}

/** Bounds at which forms change, and what lies just beside them. */
function versionsOf(forms: readonly LimitForm[]): readonly (readonly number[])[] {
  const bounds = forms.flatMap(({ app = "" }) =>
    [...app.matchAll(/[\d.]+/g)].map(([text]) => text.split(".").map(Number)),
  );
  const beside = bounds.flatMap((bound) => [bound, [...bound, 0, 0, 0, 1], justBefore(bound)]);
  return [[0], ...beside].sort(compare);
}

const justBefore = (bound: readonly number[]): number[] => {
  const at = bound.findLastIndex((part) => part > 0);
  return at === -1 ? [0] : [...bound.slice(0, at), (bound[at] as number) - 1, 999_999_999];
};

const compare = (one: readonly number[], other: readonly number[]): number => {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const order = (one[index] ?? 0) - (other[index] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
};

function givesOlderMore({ forms }: LimitRule, plan: LimitPlan): boolean {
  if (forms.length < 2) return false;
  return tiersOf(plan).some((tier) => {
    let loosestOlder = Number.POSITIVE_INFINITY;
    for (const version of versionsOf(forms)) {
      const form =
        forms.find(({ app }) => app !== undefined && readRange(app)?.(version) === true) ??
        forms.find(({ app }) => app === undefined);
      if (form === undefined) continue;
      const strictness = strictnessOf(form, tier);
      if (strictness > loosestOlder) return true;
      loosestOlder = Math.min(loosestOlder, strictness);
    }
    return false;
  });
}
