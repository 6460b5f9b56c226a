import {
  limitsLocalOnLoss,
  type LimitState,
  proofsLocalOnLoss,
  type QuotaStore,
  type RedisState,
  type ReplayState,
  type SharedMemoryState,
  withStoredQuotas,
} from "@portcullis/guard/state";

/** Where limits are counted: in Redis where there is one, and quotas in the store. */
export const countingIn = (
  redis: RedisState | undefined,
  local: SharedMemoryState,
  quotas: QuotaStore,
): LimitState =>
  withStoredQuotas(redis === undefined ? local : limitsLocalOnLoss(redis, local), quotas);

/** Where used proofs are remembered. */
export function proofsIn(
  redis: RedisState | undefined,
  local: ReplayState,
  onLoss: "local" | "deny",
): ReplayState {
  if (redis === undefined) return local;
  return onLoss === "local" ? proofsLocalOnLoss(redis, local) : redis;
}
