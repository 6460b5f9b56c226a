import type { JoinContext, PolicyPath } from "../../policy/join-context.ts";
import { planPlaces } from "./plan-places.ts";
import type { ClaimPlaces, Preset } from "./presets.ts";
import type { SourceSetting } from "./source-keys.ts";

export const usualClaims: ClaimPlaces = {
  sub: "/sub",
  client: ["/client_id", "/azp"],
  roles: "roles",
  scopes: ["/scope", "/scp"],
  tier: undefined,
  device: undefined,
  session: "/sid",
  own: {},
};

/** What every kind of source says. */
export function baseOf(
  name: string,
  setting: SourceSetting,
  path: PolicyPath,
  context: JoinContext,
) {
  return {
    name,
    places: planPlaces(setting.credential ?? [{}], "none", [...path, "credential"], context),
    forward: setting.forward ?? "keep",
  } as const;
}

/** Names of the caller's own properties; every other is a claim of the operator's own. */
export function claimsOf(
  { client, device, roles, scopes, session, sub, tier, ...own }: Readonly<Record<string, string>>,
  preset: Preset | undefined,
): ClaimPlaces {
  const usual: ClaimPlaces = { ...usualClaims, ...preset?.claims };
  return {
    sub: sub ?? usual.sub,
    client: client === undefined ? usual.client : [client],
    roles: roles ?? usual.roles,
    scopes: scopes === undefined ? usual.scopes : [scopes],
    tier: tier ?? usual.tier,
    device: device ?? usual.device,
    session: session ?? usual.session,
    own: { ...usual.own, ...own },
  };
}
