import { readPointer } from "../authorization/ownership.ts";
import { type EntryRule, entryRuleOf } from "../authorization/entry.ts";
import type { LimitRule, Tiers } from "../limits/compile-limits.ts";
import { readsBody } from "../limits/limit-key.ts";
import type { Operation } from "../operation.ts";
import { nearest } from "./nearest-name.ts";
import type { OperationPlan, OwnerPlan } from "./plan.ts";
import type { OperationEntry } from "./policy-schema.ts";
import type { ReadPolicy } from "./read-policy.ts";
import { layModes, type NamedModes, resolveModes } from "./resolve-modes.ts";
import type { Closeness } from "./select-operations.ts";

/** An entry that selects the operation, and how closely. */
export interface EntryAt {
  readonly entry: OperationEntry;
  readonly index: number;
  readonly closeness: Closeness;
}

export interface PlanContext {
  readonly globalModes: NamedModes;
  readonly tiers: Tiers;
  readonly roles: Readonly<Record<string, readonly string[]>> | undefined;
  /** Whether tokens can be verified at all. */
  readonly identity: boolean;
  readonly note: ReadPolicy["faultAt"];
}

const mostBodyBytes = 1_048_576;

/** What the entries that select one operation make of it, the closest last: later and closer ones win, key by key. */
export function planOperation(operation: Operation | undefined, entries: readonly EntryAt[], context: PlanContext): OperationPlan {
  let modes = context.globalModes;
  let entry = operation === undefined ? undefined : entryRuleOf(operation.security);
  let owner: { readonly rule: Exclude<OperationEntry["owner"], "none" | undefined>; readonly index: number; readonly closeness: Closeness } | undefined;
  let bodyBytes = mostBodyBytes;
  let tags = false;
  const limits = new Map<string, LimitRule>();
  for (const { closeness, entry: one, index } of entries) {
    modes = layModes(modes, one.mode);
    if (one.allow !== undefined) entry = allowed(one.allow, entry, index, context);
    if (one.owner === "none") owner = undefined;
    else if (one.owner !== undefined) owner = { rule: one.owner, index, closeness };
    if (one.maxBodySize !== undefined) bodyBytes = one.maxBodySize;
    if (one.entityTags !== undefined) tags = one.entityTags;
    layLimits(limits, one, index, closeness, operation, context);
  }
  return {
    name: operation === undefined ? "(undeclared)" : (operation.operationId ?? operation.key),
    modes: resolveModes(modes),
    entry,
    owner: owner === undefined || operation === undefined ? undefined : planOwner(operation, owner.rule, owner.index, entry, context),
    limits: [...limits.values()],
    mostBodyBytes: bodyBytes,
    tags,
  };
}

function allowed(allow: NonNullable<OperationEntry["allow"]>, before: EntryRule | undefined, index: number, { note, roles }: PlanContext): EntryRule {
  if (allow === "anyone") return { anonymous: true, alternatives: [], roles: [] };
  if (roles !== undefined) {
    allow.roles?.forEach((role, at) => {
      if (Object.hasOwn(roles, role)) return;
      const meant = nearest(role, Object.keys(roles));
      note(["operations", String(index), "allow", "roles", String(at)], `there is no role '${role}'`, { expected: Object.keys(roles).join(", "), ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }) });
    });
  }
  // Scopes that the document asks for stay asked for, unless the policy names its own.
  const alternatives = allow.scopes === undefined ? (before?.anonymous === false ? before.alternatives : []) : [{ scopes: allow.scopes }];
  return { anonymous: false, alternatives, roles: allow.roles ?? [] };
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

function planOwner(operation: Operation, rule: Exclude<OperationEntry["owner"], "none" | undefined>, index: number, entry: EntryRule | undefined, { identity, note }: PlanContext): OwnerPlan | undefined {
  const place = ["operations", String(index), "owner"];
  const { exceptRoles = [], is, param, response } = rule;
  if ((param === undefined) === (response === undefined)) {
    note(place, "an owner is named by the path or by the answer", { expected: "param: NAME, or response: /pointer" });
    return undefined;
  }
  if (!identity) note(place, "an owner is a signed-in caller, and no issuer is named", { expected: "identity: { issuer: https://..., audience: ... }" });
  if (entry?.anonymous === true) note(place, `anybody may call '${operation.key}', so the caller may be nobody`, { mend: "Ask for a token (security in the document, or allow: { scopes: [...] }), or drop the owner." });
  if (response !== undefined) return { parameter: undefined, response: readPointer(response), is, exceptRoles };
  const names = [...operation.pathTemplate.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] as string);
  const at = names.indexOf(param as string);
  if (at === -1) {
    const meant = nearest(param as string, names);
    note([...place, "param"], `'${operation.key}' has no path parameter '${param}'`, { expected: names.join(", ") || "a path with parameters", ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }) });
    return undefined;
  }
  return { parameter: { name: param as string, index: at }, response: undefined, is, exceptRoles };
}
