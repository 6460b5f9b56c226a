import { BlockList } from "node:net";
import type { CoreKeys } from "../../policy/core-keys.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import { addRange } from "../../reading/address-range.ts";
import type { keys } from "./policy.ts";

export interface ProtocolPlan {
  readonly trustedProxies: readonly string[];
}

export function planProtocol(
  { trustedProxies = [] }: PolicyOf<typeof keys & CoreKeys>,
  { note }: JoinContext,
): ProtocolPlan {
  const ranges = new BlockList();
  trustedProxies.forEach((entry, index) => {
    if (addRange(ranges, entry)) return;
    note(["trustedProxies", String(index)], `'${entry}' is not an address or a CIDR range`, {
      expected: "10.0.0.0/8, 192.0.2.7 or 2001:db8::/32",
    });
  });
  return { trustedProxies };
}
