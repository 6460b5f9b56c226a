import { AttackWatching } from "../../packages/server/src/control/attack-watching.ts";
import { stagedRequest } from "../../packages/server/src/watch/detectors/staged-traffic.ts";

/** Detectors that have found one attack. */
export async function attacked(): Promise<AttackWatching> {
  const attacks = await AttackWatching.open({
    policy: { portcullis: 1, apis: [] },
    roles: ["sign-in"],
    store: undefined,
    recordSecret: Buffer.alloc(32, 9),
    alerts: [],
    responses: {
      store: undefined,
      switches: undefined,
      audit: async () => undefined,
      revoke: undefined,
      onRules: () => undefined,
    },
    sealing: undefined,
    nowMs: () => 1_763_640_000_000,
    say: () => undefined,
  });
  for (let index = 0; index < 120; index += 1)
    attacks.follow(
      stagedRequest(
        1_763_640_000_000 + index,
        { address: "203.0.113.9" },
        { operation: "login", role: "sign-in", outcome: "failure", target: `victim ${index}` },
      ),
    );
  return attacks;
}
