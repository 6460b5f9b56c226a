import type { RedisState } from "./redis.ts";
import type { ReplayState } from "./replay.ts";

/**
 * Proofs that many nodes remember, and each process by itself while what they share is lost: a
 * stolen proof could then be used once at every node.
 */
export function proofsLocalOnLoss(
  shared: ReplayState & Pick<RedisState, "servesProof">,
  local: ReplayState,
): ReplayState {
  return {
    useOnce(owner, name, lifeSeconds) {
      if (!shared.servesProof(owner, name)) return local.useOnce(owner, name, lifeSeconds);
      const once = shared.useOnce(owner, name, lifeSeconds);
      return typeof once === "string"
        ? once
        : once.catch(() => local.useOnce(owner, name, lifeSeconds));
    },
  };
}
