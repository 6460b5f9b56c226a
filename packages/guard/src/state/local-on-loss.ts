import type { RedisState } from "./redis.ts";
import type { ReplayState } from "./replay.ts";
import type { LimitState } from "./state.ts";

type Shared<State> = State & Pick<RedisState, "isAvailable">;

/** Limits that many nodes share, and that hold for each process while what they share is lost. */
export function limitsLocalOnLoss(shared: Shared<LimitState>, local: LimitState): LimitState {
  return {
    takeAll(buckets) {
      if (!shared.isAvailable) return local.takeAll(buckets);
      const taken = shared.takeAll(buckets);
      return taken instanceof Promise ? taken.catch(() => local.takeAll(buckets)) : taken;
    },
    close: () => shared.close(),
  };
}

/**
 * Proofs that many nodes remember, and each process by itself while what they share is lost: a
 * stolen proof could then be used once at every node.
 */
export function proofsLocalOnLoss(shared: Shared<ReplayState>, local: ReplayState): ReplayState {
  return {
    useOnce(owner, name, lifeSeconds) {
      if (!shared.isAvailable) return local.useOnce(owner, name, lifeSeconds);
      const once = shared.useOnce(owner, name, lifeSeconds);
      return typeof once === "string"
        ? once
        : once.catch(() => local.useOnce(owner, name, lifeSeconds));
    },
  };
}
