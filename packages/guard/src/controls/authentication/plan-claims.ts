import type { JoinContext, PolicyPath } from "../../policy/join-context.ts";
import { planPlaces } from "./plan-places.ts";
import type { ClaimPlaces, Preset } from "./presets.ts";
import type { SourceSetting } from "./source-keys.ts";
import type { ExchangePlan } from "./source-plan.ts";

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
  const inBody = (setting.credential ?? []).some(({ body }) => body !== undefined);
  if (inBody && setting.forward !== undefined && setting.forward !== "keep")
    context.note([...path, "forward"], "a credential in a body goes on with it", {
      expected: "forward: keep",
    });
  return {
    name,
    places: planPlaces(setting.credential ?? [{}], "none", [...path, "credential"], context),
    forward: setting.forward ?? "keep",
    exchange: planExchange(setting, path, context),
  } as const;
}

/** Tokens are exchanged for tokens: whoever gives them out has to know the one that came. */
function planExchange(
  { exchange, forward, introspect, issuer }: SourceSetting,
  path: PolicyPath,
  { note }: JoinContext,
): ExchangePlan | undefined {
  if ((exchange === undefined) !== (forward !== "exchange"))
    note([...path, exchange === undefined ? "forward" : "exchange"], "one half of it is missing", {
      expected: "forward: exchange, and exchange: { url, clientId, clientSecret }",
    });
  if (exchange === undefined) return undefined;
  if (issuer === undefined && introspect === undefined)
    note([...path, "exchange"], "only tokens of an issuer can be exchanged", {
      expected: "a source with issuer, or introspect",
    });
  const { audience, clientId, resource, scope, url } = exchange;
  return { url, clientId, audience, resource, scope };
}

/** Where an answer of the backend's has what a caller is: nowhere but where it is said. */
export function placesSaid({
  client,
  device,
  roles,
  scopes,
  session,
  sub,
  tier,
}: Readonly<Partial<Record<keyof ClaimPlaces, string>>> & { readonly sub: string }): ClaimPlaces {
  return {
    sub,
    client: client === undefined ? [] : [client],
    roles: roles ?? nowhere,
    scopes: scopes === undefined ? [] : [scopes],
    tier,
    device,
    session: session ?? nowhere,
    own: {},
  };
}

/** No object has a member of this name. */
const nowhere = "/~none";

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
