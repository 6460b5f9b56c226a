import {
  type FlowState,
  limitsLocalOnLoss,
  type LimitState,
  proofsLocalOnLoss,
  type QuotaStore,
  type RedisState,
  type ReplayState,
  SharedFlows,
  type SharedFlowTable,
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

/** Where it is remembered who has taken which steps. */
export function flowsIn(
  redis: RedisState | undefined,
  table: SharedFlowTable,
  onLoss: "local" | "deny",
): FlowState {
  const local = new SharedFlows(table);
  return redis?.flows(local, onLoss) ?? local;
}
