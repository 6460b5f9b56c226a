import type { CoreKeys } from "../../policy/core-keys.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import { lossOfLimits, type OnLoss } from "../../policy/state-setting.ts";
import type { Rate } from "../../reading/rate.ts";
import { noteContradictions } from "./contradictions.ts";
import type { keys } from "./policy.ts";
import type { Tier, Tiers } from "./rules.ts";

type Keys = typeof keys & CoreKeys;

export interface LimitPlan {
  readonly tiers: Tiers;
  /** Requests of one network before anything else is asked; undefined: not counted. */
  readonly admission: Rate | undefined;
  /** How many keys are counted at the same time. */
  readonly keys: number;
  /** Whether each process counts alone while what is shared is lost, or callers are refused. */
  readonly onStateLoss: OnLoss;
  /** The part of a limit that nodes may take ahead, from 0 to 1. */
  readonly overshoot: number;
  /** Which answers say what is left. */
  readonly headers: "always" | "refusals";
  readonly legacyHeaders: boolean;
}

const usualAdmission: Rate = { count: 500, windowMs: 1000 };
const usualKeys = 524_288;
const usualOvershoot = 0.05;

export function planLimits(policy: PolicyOf<Keys>, context: JoinContext): LimitPlan {
  const { limits = {}, onStateLoss, state } = policy;
  const { admission = usualAdmission, headers = "always", keys: mostKeys = usualKeys } = limits;
  const tiers = Object.entries(limits.tiers ?? {}).map(([name, tier]): readonly [string, Tier] => [
    name,
    "windowMs" in tier ? { rate: tier, quota: undefined } : { rate: tier.rate, quota: tier.quota },
  ]);
  noteContradictions(policy.operations ?? [], tiers, context);
  return {
    tiers,
    admission: admission === "off" ? undefined : admission,
    keys: mostKeys,
    onStateLoss: onStateLoss?.limit ?? lossOfLimits(state),
    overshoot: limits.overshoot ?? usualOvershoot,
    headers,
    legacyHeaders: limits.legacyHeaders ?? false,
  };
}
