import { anySource, mainSource } from "../../facts/caller.ts";
import { signingAlgorithms } from "../../jws/signing-algorithms.ts";
import type { JoinContext, PolicyPath } from "../../policy/join-context.ts";
import { planIntrospect, planWhoami } from "./plan-asked-source.ts";
import { baseOf, claimsOf, usualClaims } from "./plan-claims.ts";
import { planLearned } from "./plan-learned-source.ts";
import { type ClaimPlaces, type Preset, presets } from "./presets.ts";
import type { SourceSetting } from "./source-keys.ts";
import type { KeysSource, SourcePlan, TokenSource } from "./source-plan.ts";

export const usualAlgorithms: readonly string[] = [
  "ES256",
  "ES384",
  "EdDSA",
  "Ed25519",
  "PS256",
  "RS256",
].filter((name) => signingAlgorithms.has(name));

const usualTolerance = 30_000;
const nameForm = /^[a-z][a-z0-9-]{0,31}$/;
const kindKeys = ["introspect", "whoami", "keys", "from", "certificate"] as const;
/** Keys that speak of tokens which are verified here. */
const tokenKeys = [
  "preset",
  "jwks",
  "algorithms",
  "typ",
  "expiry",
  "clockTolerance",
  "require",
] as const;

/** Joins one entry of `identity.sources`; undefined where it is not said what it is. */
export function planSource(
  name: string,
  setting: SourceSetting,
  context: JoinContext,
): SourcePlan | undefined {
  const path = ["identity", "sources", name];
  const { note } = context;
  if (!nameForm.test(name) || name === anySource || name === mainSource)
    note(path, `'${name}' cannot be a source's name`, {
      expected: "a short name such as people; token and issuer have a meaning of their own",
    });
  const kinds = kindKeys.filter((kind) => setting[kind] !== undefined);
  if (kinds.length > 1 || (kinds.length > 0 && setting.jwt !== undefined)) {
    note(path, `'${name}' says in more than one way who its callers are`, {
      expected: "one of issuer, jwt, introspect, whoami, from, keys and certificate",
    });
    return undefined;
  }
  const [kind] = kinds;
  if (kind !== undefined) noteForeignKeys(setting, kind, path, context);
  if (setting.whoami !== undefined) return planWhoami(name, setting, path, context);
  if (setting.introspect !== undefined) return planIntrospect(name, setting, path, context);
  if (setting.from !== undefined) return planLearned(name, setting, path, context);
  if (setting.certificate !== undefined)
    return {
      name,
      kind: "certificate",
      subject: setting.certificate.sub,
      places: [],
      forward: "keep",
      exchange: undefined,
      claims: keyClaims,
    };
  if (setting.keys !== undefined) return planKeys(name, setting, path, context);
  if (setting.issuer !== undefined || setting.jwt !== undefined)
    return planTokens(name, setting, path, context);
  note(path, `'${name}' does not say who its callers are`, {
    expected: "one of issuer, jwt, introspect, whoami, from, keys and certificate",
  });
  return undefined;
}

/** A key that means nothing for this kind of source would look as if it did. */
function noteForeignKeys(
  setting: SourceSetting,
  kind: (typeof kindKeys)[number],
  path: PolicyPath,
  { note }: JoinContext,
): void {
  const foreign: readonly (keyof SourceSetting)[] = [
    ...tokenKeys,
    ...(kind === "introspect" ? [] : (["issuer", "audience", "client"] as const)),
    ...(kind === "introspect" || kind === "from" ? [] : (["claims"] as const)),
    ...(kind === "keys" || kind === "certificate" ? (["remember", "forgetOn"] as const) : []),
    ...(kind === "certificate" ? (["credential", "forward", "exchange"] as const) : []),
  ];
  for (const key of foreign)
    if (setting[key] !== undefined)
      note([...path, key], `'${key}' says nothing of a source with ${kind}`, {
        mend: `Take out ${key}.`,
      });
}

function planTokens(
  name: string,
  setting: SourceSetting,
  path: PolicyPath,
  context: JoinContext,
): TokenSource {
  const {
    audience = [],
    client = [],
    clockTolerance = usualTolerance,
    issuer,
    jwks,
    jwt,
  } = setting;
  const preset: Preset | undefined =
    setting.preset === undefined ? undefined : presets[setting.preset];
  noteTokens(setting, preset, path, context);
  const claims = claimsOf(setting.claims ?? {}, preset);
  return {
    ...baseOf(name, setting, path, context),
    kind: "token",
    issuer,
    builtin: false,
    main: false,
    audiences: audience,
    clients: client,
    clientNeeded: preset?.clientNeeded === true,
    requires: { ...preset?.requires, ...setting.require },
    typ: setting.typ ?? (preset === undefined && jwt === undefined ? "at+jwt" : "any"),
    tokenKind: preset?.kind ?? "access",
    expiryNeeded: setting.expiry !== "optional",
    clockToleranceSeconds: Math.round(clockTolerance / 1000),
    subjectClaim: claims.sub,
    algorithms: jwt === undefined ? (setting.algorithms ?? usualAlgorithms) : [jwt.algorithm],
    sharedSecret: jwt?.algorithm,
    jwksUri: jwks?.url ?? (issuer === undefined ? undefined : preset?.jwksUri?.(issuer)),
    keysInFile: jwks?.file !== undefined,
    claims,
  };
}

function noteTokens(
  { algorithms, audience, client, clockTolerance = 0, issuer, jwks, jwt }: SourceSetting,
  preset: Preset | undefined,
  path: PolicyPath,
  { note }: JoinContext,
): void {
  if (
    jwt !== undefined &&
    (jwks !== undefined || algorithms !== undefined || preset?.jwksUri !== undefined)
  )
    note([...path, "jwt"], "a shared secret does not stand beside public keys", {
      expected: "two sources, one for each",
    });
  if (jwt?.shortBecause !== undefined)
    note([...path, "jwt", "shortBecause"], "the secret may be found by who has one token", {
      severity: "warning",
      expected: "a secret as long as the hash",
    });
  if (jwks?.url !== undefined && jwks.file !== undefined)
    note([...path, "jwks"], "keys come from an address or from a file", {
      expected: "url or file",
    });
  if (issuer !== undefined && preset?.issuer !== undefined && !preset.issuer.test(issuer))
    note([...path, "issuer"], "the preset's issuer has another form", {
      expected: preset.issuer.source.replaceAll("\\", "").replace(/^\^|\$$/g, ""),
    });
  if (jwt === undefined && audience === undefined && client === undefined)
    note(path, "every token of the issuer would be taken, whomever it was made for", {
      expected:
        preset?.withoutAudience === true ? "client: the clients' ids" : "audience, or client",
    });
  if (clockTolerance > 300_000)
    note(
      [...path, "clockTolerance"],
      "a clock tolerance above five minutes lets tokens live early",
      {
        expected: "at most 5m",
      },
    );
}

function planKeys(
  name: string,
  setting: SourceSetting,
  path: PolicyPath,
  context: JoinContext,
): KeysSource {
  return { ...baseOf(name, setting, path, context), kind: "keys", claims: keyClaims };
}

const keyClaims: ClaimPlaces = {
  ...usualClaims,
  roles: "/roles",
  scopes: ["/scopes"],
  tier: "/tier",
  client: ["/client"],
};
