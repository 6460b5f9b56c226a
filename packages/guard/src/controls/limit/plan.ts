import type { Operation } from "../../document/api-document.ts";
import type { CoreKeys, OnLoss } from "../../policy/core-keys.ts";
import type { EntryAt, JoinContext, PolicyPath } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import type { Rate } from "../../reading/rate.ts";
import { readsBody } from "./limit-key.ts";
import type { keys } from "./policy.ts";
import type { LimitRule, Tiers } from "./take-all.ts";

type Keys = typeof keys & CoreKeys;

export interface LimitPlan {
  readonly tiers: Tiers;
  /** Requests of one network before anything else is asked; undefined: not counted. */
  readonly admission: Rate | undefined;
  /** How many keys are counted at the same time. */
  readonly keys: number;
  /** Whether each process counts alone while what is shared is lost, or callers are refused. */
  readonly onStateLoss: OnLoss;
}

const usualAdmission: Rate = { count: 500, windowMs: 1000 };
const usualKeys = 262_144;

export function planLimits({ limits = {}, onStateLoss }: PolicyOf<Keys>): LimitPlan {
  const { admission = usualAdmission, keys: mostKeys = usualKeys, tiers = {} } = limits;
  return {
    tiers: Object.entries(tiers),
    admission: admission === "off" ? undefined : admission,
    keys: mostKeys,
    onStateLoss: onStateLoss?.limit ?? "local",
  };
}

/**
 * Limits that count by the same parts replace each other; others stand side by side, so that no
 * entry loses one by naming another.
 */
export function planOperationLimits(
  entries: readonly EntryAt<Keys>[],
  operation: Operation | undefined,
  context: JoinContext,
): readonly LimitRule[] {
  const limits = new Map<string, LimitRule>();
  for (const { closeness, entry, index } of entries)
    entry.limits?.forEach(({ burst, per, rate }, at) => {
      const key = per.join("+");
      if (rate === "none") {
        limits.delete(key);
        return;
      }
      const place = ["operations", String(index), "limits", String(at)];
      if (rate === "tier") noteMissingTiers(place, context);
      if (readsBody(per) && operation?.requestBody === undefined) {
        // An entry that selects every operation (`*`) need not fit each of them.
        if (closeness > 0) noteMissingBody(place, operation, context);
        return;
      }
      limits.set(key, { name: `${index + 1}.${at + 1}`, per, rate, burst });
    });
  return [...limits.values()];
}

function noteMissingTiers(place: PolicyPath, context: JoinContext): void {
  if (context.namesOf("tier") !== undefined) return;
  context.note([...place, "rate"], "a rate by tier needs tiers", {
    expected: "limits: { tiers: { standard: 100/min } }",
  });
}

function noteMissingBody(
  place: PolicyPath,
  operation: Operation | undefined,
  context: JoinContext,
): void {
  if (operation === undefined) return;
  context.note([...place, "per"], `'${operation.key}' has no body to count by`, {
    expected: "address, user, device, app, operation, tier or everyone",
  });
}
