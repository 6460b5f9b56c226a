import { createHash } from "node:crypto";
import type { Operation } from "../../document/api-document.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import { failureOf } from "../../policy/failure-setting.ts";
import {
  closestOf,
  type EntryAt,
  type JoinContext,
  type PolicyPath,
} from "../../policy/join-context.ts";
import { type Kind, kindOf, type Limit } from "./contradictions.ts";
import type { Amount } from "../../reading/rate.ts";
import { readsBody, type SummedPart } from "./limit-key.ts";
import type { keys } from "./policy.ts";
import type { Bound, Count, LimitForm, LimitRule, Measure, OperationLimits } from "./rules.ts";

type Keys = typeof keys & CoreKeys;

/** A limit of an entry, at its place. */
interface Stated {
  readonly kind: Kind;
  readonly limit: Limit;
  readonly count: Count;
  readonly entry: EntryAt<Keys>;
  /** Its place among the limits of its entry. */
  readonly at: number;
}

/**
 * Limits of the same kind that count the same answers by the same parts for the same versions
 * replace each other; others stand side by side, so that no entry loses one by naming another. Those
 * that differ in the version alone are forms of one limit.
 */
export function planOperationLimits(
  entries: readonly EntryAt<Keys>[],
  operation: Operation | undefined,
  context: JoinContext,
): OperationLimits {
  const limits = new Map<string, Map<string, Stated>>();
  for (const entry of entries)
    entry.entry.limits?.forEach((limit, at) => {
      const kind = kindOf(limit);
      // What says too little is named for the whole policy, once.
      if (kind !== undefined && (kind !== "sum" || limit.most !== undefined))
        lay(limits, { kind, limit, count: countOf(limit), entry, at });
    });
  const rules: LimitRule[] = [];
  for (const forms of limits.values()) {
    const stated = [...forms.values()].filter((one) => canCount(one, operation, context));
    if (stated.length > 0) rules.push(ruleOf(stated, context));
  }
  return { rules, failure: failureOf(closestOf(entries, "failure")?.value) };
}

/** What a lifetime allows is used up by what was done, and not by what was tried. */
const countOf = ({ count, quota, sum }: Limit): Count =>
  count ??
  (sum !== undefined || (typeof quota === "object" && quota.window === "ever")
    ? "successes"
    : "all");

function lay(limits: Map<string, Map<string, Stated>>, stated: Stated): void {
  const { count, kind, limit } = stated;
  const key = [kindNameOf(stated), count, ...limit.per].join("\n");
  const forms = limits.get(key) ?? new Map<string, Stated>();
  const app = limit.app ?? "";
  // What is laid anew stands last, so that the closest entry's is the last.
  forms.delete(app);
  if (limit[kind === "sum" ? "most" : kind] !== "none") forms.set(app, stated);
  limits.set(key, forms);
}

/** Sums of other numbers are other limits. */
const kindNameOf = ({ kind, limit }: Pick<Stated, "kind" | "limit">): string =>
  kind === "sum" ? `sum ${limit.sum}` : kind;

function canCount(
  { at, entry: { closeness, index }, limit: { per, sum } }: Stated,
  operation: Operation | undefined,
  context: JoinContext,
): boolean {
  if ((!readsBody(per) && sum === undefined) || operation?.requestBody !== undefined) return true;
  // An entry that selects every operation (`*`) need not fit each of them.
  if (closeness > 0)
    noteMissingBody(
      ["operations", String(index), "limits", String(at), sum === undefined ? "per" : "sum"],
      operation,
      context,
    );
  return false;
}

function noteMissingBody(
  place: PolicyPath,
  operation: Operation | undefined,
  context: JoinContext,
): void {
  if (operation === undefined) return;
  context.note(place, `'${operation.key}' has no body to count by`, {
    expected: "address, user, device, app, operation, tier or everyone",
  });
}

function ruleOf(stated: readonly Stated[], context: JoinContext): LimitRule {
  const closest = stated.at(-1) as Stated;
  const { at, count, entry, kind, limit } = closest;
  const forms = stated.map(formOf);
  const window = windowOf(forms, limit);
  for (const one of stated)
    if (windowOf([formOf(one)], one.limit) !== window)
      context.note(
        ["operations", String(one.entry.index), "limits", String(one.at)],
        "limits that differ only in app share one count, and so have the same window",
        { expected: `${kind} with the window and zone of the other` },
      );
  const bound = (forms[0] as LimitForm).bound;
  return {
    name: nameOf([kindNameOf(closest), count, window, limit.per, entry.entry.match]),
    place: `${entry.index + 1}.${at + 1}`,
    kind: bound.kind,
    measure: measureOf(closest),
    per: limit.per,
    count,
    zone: limit.zone ?? "UTC",
    onStateLoss: stated.findLast((one) => one.limit.onStateLoss !== undefined)?.limit.onStateLoss,
    forms,
  };
}

const measureOf = ({ kind, limit: { sum } }: Stated): Measure =>
  kind === "sum"
    ? { of: "sum", part: sum as SummedPart }
    : { of: kind === "bytes" ? "bytes" : "requests" };

/** Quotas of other windows are other quotas. */
function windowOf(forms: readonly LimitForm[], { zone = "UTC" }: Limit): string {
  const [form] = forms;
  if (form?.bound.kind !== "quota") return "";
  const { quota } = form.bound;
  return quota === "tier" ? `tier ${zone}` : `${quota.window} ${zone}`;
}

const nameOf = (parts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 12);

function formOf({ kind, limit }: Stated): LimitForm {
  return { app: limit.app, cost: limit.cost ?? 1, bound: boundOf(kind, limit) };
}

function boundOf(kind: Kind, { burst, bytes, concurrent, most, quota, rate }: Limit): Bound {
  if (kind === "bytes" || kind === "sum") {
    const amount = (kind === "bytes" ? bytes : most) as Amount;
    return amount.kind === "rate" ? { ...amount, burst: undefined } : amount;
  }
  if (kind === "concurrent") return { kind, most: concurrent as number };
  if (kind === "quota") return { kind, quota: quota as Exclude<typeof quota, "none" | undefined> };
  return { kind, rate: rate as Exclude<typeof rate, "none" | undefined>, burst };
}
