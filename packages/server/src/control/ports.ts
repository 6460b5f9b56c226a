import { type CleartextPort, openCleartextPort } from "../listener/cleartext-port.ts";
import { claimPort, type PortClaim } from "../listener/port-claim.ts";
import type { Policy } from "../policy/program-policy.ts";

const usualPort = 8443;
const usualAdminPort = 9443;

export const gatePort = ({ listen }: Pick<Policy, "listen">): number => listen?.port ?? usualPort;

/** Where the gate listens: without encryption nobody else's network sees it unless they ask. */
export const gateHost = ({ listen }: Pick<Policy, "listen">, isEncrypted: boolean): string =>
  listen?.host ?? (isEncrypted ? "0.0.0.0" : "127.0.0.1");

export const adminAddress = ({ admin }: Pick<Policy, "admin">) => ({
  host: admin?.host ?? "127.0.0.1",
  port: admin?.port ?? usualAdminPort,
});

/** Undefined where the policy names no port for requests without encryption. */
function cleartextAddress({ listen }: Policy): { host: string; port: number } | undefined {
  const tls = listen?.tls;
  if (typeof tls !== "object" || tls.cleartextPort === undefined) return undefined;
  return { host: listen?.host ?? "0.0.0.0", port: tls.cleartextPort };
}

/**
 * Makes sure of every port before anything is opened, so that a second gate neither serves for a
 * moment nor leaves half of itself behind.
 *
 * @throws Error in words for a person
 */
export async function claimPorts(policy: Policy, isEncrypted: boolean): Promise<PortClaim> {
  const cleartext = cleartextAddress(policy);
  const wanted = [
    {
      host: gateHost(policy, isEncrypted),
      port: gatePort(policy),
      share: policy.listen?.share === true,
      mend: "choose another with --port",
    },
    { ...adminAddress(policy), share: "never" as const, mend: "choose another with --admin-port" },
    ...(cleartext === undefined
      ? []
      : [
          {
            ...cleartext,
            share: "never" as const,
            mend: "name another under listen.tls.cleartextPort",
          },
        ]),
  ];
  const claims: PortClaim[] = [];
  const release = (): void => {
    for (const claim of claims) claim.release();
  };
  try {
    for (const one of wanted) claims.push(await claimPort(one));
    return { release };
  } catch (fault) {
    release();
    throw fault;
  }
}

/** @returns undefined where the policy names no port for requests without encryption */
export async function openCleartext(
  policy: Policy,
  count: () => void,
): Promise<CleartextPort | undefined> {
  const address = cleartextAddress(policy);
  const tls = policy.listen?.tls;
  if (address === undefined || typeof tls !== "object") return undefined;
  return openCleartextPort({
    ...address,
    answer: tls.cleartext ?? "refuse",
    publicUrl: policy.publicUrl,
    count,
  });
}
