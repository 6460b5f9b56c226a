import { readPointer } from "../authorization/ownership.ts";
import type { StepUpRule } from "../authorization/step-up.ts";
import { type EntryRule, entryRuleOf } from "../authorization/entry.ts";
import type { LimitRule } from "../limits/compile-limits.ts";
import { readsBody } from "../limits/limit-key.ts";
import type { Operation } from "../operation.ts";
import { nearest } from "./nearest-name.ts";
import { carriesRequests } from "./plan-carried-requests.ts";
import { planOwners } from "./plan-owners.ts";
import type { OperationPlan } from "./plan.ts";
import type { OperationEntry, OwnerSetting } from "./policy-schema.ts";
import type { PlanContext } from "./plan-context.ts";
import { layModes, resolveModes } from "./resolve-modes.ts";
import type { Closeness } from "./select-operations.ts";

/** An entry that selects the operation, and how closely. */
export interface EntryAt {
  readonly entry: OperationEntry;
  readonly index: number;
  readonly closeness: Closeness;
}

const mostBodyBytes = 1_048_576;
/** Longer than most backends need to look for an object. */
const defaultHideStepMs = 100;
const mostAnswerBytes = 8 * 1_048_576;

/** What the entries that select one operation make of it, the closest last: later and closer ones win, key by key. */
export function planOperation(operation: Operation | undefined, entries: readonly EntryAt[], context: PlanContext): OperationPlan {
  let modes = context.globalModes;
  let entry = operation === undefined ? undefined : entryRuleOf(operation.security);
  let owner: { readonly rule: OwnerSetting; readonly index: number } | undefined;
  let bodyBytes = mostBodyBytes;
  let answerBytes = mostAnswerBytes;
  let tags = false;
  let hideStepMs: number | undefined;
  let ownerless = false;
  let mayCarry = false;
  let stepUp: StepUpRule | undefined;
  const limits = new Map<string, LimitRule>();
  for (const { closeness, entry: one, index } of entries) {
    modes = layModes(modes, one.mode);
    if (one.allow !== undefined) entry = allowed(one.allow, entry, index, context);
    if (one.owner !== undefined) ownerless = one.owner === "none";
    if (one.carriesRequests !== undefined) mayCarry = one.carriesRequests;
    if (one.owner === "none") owner = undefined;
    else if (one.owner !== undefined) owner = { rule: one.owner, index };
    if (one.maxBodySize !== undefined) bodyBytes = one.maxBodySize;
    if (one.maxAnswerSize !== undefined) answerBytes = one.maxAnswerSize;
    if (one.hide !== undefined) hideStepMs = hideStepOf(one.hide, index, context);
    if (one.entityTags !== undefined) tags = one.entityTags;
    if (one.stepUp !== undefined) stepUp = stepUpOf(one.stepUp, operation, index, context);
    layLimits(limits, one, index, closeness, operation, context);
  }
  return {
    name: operation === undefined ? "(undeclared)" : (operation.operationId ?? operation.key),
    modes: resolveModes(modes),
    entry,
    owner: owner === undefined || operation === undefined ? undefined : planOwners(operation, owner.rule, owner.index, entry, context),
    ownerless,
    carriesRequests: operation === undefined || !carriesRequests(operation, context.schemasOf(operation)) ? undefined : mayCarry ? "allowed" : "closed",
    stepUp,
    limits: [...limits.values()],
    mostBodyBytes: bodyBytes,
    mostAnswerBytes: answerBytes,
    hideStepMs,
    tags,
  };
}

function allowed(allow: NonNullable<OperationEntry["allow"]>, before: EntryRule | undefined, index: number, { note, roles }: PlanContext): EntryRule {
  if (allow === "anyone") return { anonymous: true, alternatives: [], roles: [], clients: [] };
  if (roles !== undefined) {
    allow.roles?.forEach((role, at) => {
      if (Object.hasOwn(roles, role)) return;
      const meant = nearest(role, Object.keys(roles));
      note(["operations", String(index), "allow", "roles", String(at)], `there is no role '${role}'`, { expected: Object.keys(roles).join(", "), ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }) });
    });
  }
  // Scopes that the document asks for stay asked for, unless the policy names its own.
  const alternatives = allow.scopes === undefined ? (before?.anonymous === false ? before.alternatives : []) : [{ scopes: allow.scopes }];
  return { anonymous: false, alternatives, roles: allow.roles ?? [], clients: allow.clients ?? [] };
}

/** Limits that count by the same parts replace each other; others stand side by side, so that no entry loses one by naming another. */
function layLimits(limits: Map<string, LimitRule>, { limits: own }: OperationEntry, index: number, closeness: Closeness, operation: Operation | undefined, { note, tiers }: PlanContext): void {
  own?.forEach((limit, at) => {
    const key = limit.per.join("+");
    const place = ["operations", String(index), "limits", String(at)];
    if (limit.rate === "none") {
      limits.delete(key);
      return;
    }
    if (limit.rate === "tier" && tiers.length === 0) note([...place, "rate"], "a rate by tier needs tiers", { expected: "limits: { tiers: { standard: 100/min } }" });
    if (readsBody(limit.per) && operation?.requestBody === undefined) {
      if (closeness > 0 && operation !== undefined) note([...place, "per"], `'${operation.key}' has no body to count by`, { expected: "address, user, device, app, operation, tier or everyone" });
      return;
    }
    limits.set(key, { name: `${index + 1}.${at + 1}`, per: limit.per, rate: limit.rate, burst: limit.burst });
  });
}

function hideStepOf(hide: NonNullable<OperationEntry["hide"]>, index: number, { note }: PlanContext): number {
  if (hide === "existence") return defaultHideStepMs;
  if (hide.existence < 5 || hide.existence > 10_000) note(["operations", String(index), "hide", "existence"], "answers are held back for at least 5ms and at most 10s", { expected: "longer than the backend usually takes, such as 100ms" });
  return hide.existence;
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function conditionOf(when: NonNullable<NonNullable<OperationEntry["stepUp"]>["when"]>): NonNullable<StepUpRule["when"]> {
  if ("body" in when) return { pointer: readPointer(when.body), over: when.over };
  const [from = 0, to = 0] = when.outside.split("-").map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
  return { fromMinute: from, toMinute: to, zone: isZone(when.zone ?? "UTC") ? (when.zone ?? "UTC") : "UTC" };
}

function stepUpOf({ acr, bound, device, when, within }: NonNullable<OperationEntry["stepUp"]>, operation: Operation | undefined, index: number, { identity, note }: PlanContext): StepUpRule {
  const place = ["operations", String(index), "stepUp"];
  if (acr === undefined && within === undefined && bound !== true && device === undefined) note(place, "a step-up asks for nothing", { expected: "acr: NAME, within: 5m, bound: true or device: trusted" });
  if (!identity) note(place, "how strongly a caller signed in stands in its token, and no issuer is named", { expected: "identity: { issuer: https://..., audience: ... }" });
  if (when !== undefined && "outside" in when && !isZone(when.zone ?? "UTC")) note([...place, "when", "zone"], `'${when.zone}' is no time zone`, { expected: "a name such as Europe/Amsterdam or UTC" });
  if (when !== undefined && "body" in when && operation !== undefined && operation.requestBody === undefined) note([...place, "when"], `'${operation.key}' has no body to look into`);
  return { bound: bound === true, trustedDevice: device === "trusted", acr: acr ?? [], withinSeconds: within === undefined ? undefined : Math.round(within / 1000), when: when === undefined ? undefined : conditionOf(when) };
}
