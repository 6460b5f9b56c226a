import { signingAlgorithms } from "../credentials/signing-algorithms.ts";
import type { ApiDocument } from "../operation.ts";
import { nearest } from "./nearest-name.ts";
import type { IdentityPlan } from "./plan.ts";
import type { Policy } from "./policy-schema.ts";
import type { ReadPolicy } from "./read-policy.ts";
import { redirectFault } from "./redirect-uri.ts";

type Identity = NonNullable<Policy["identity"]>;

const minute = 60_000;
const mostToleranceMs = 5 * minute;
const proofWindowSeconds = 60;
const usualAlgorithms: readonly string[] = ["ES256", "ES384", "EdDSA", "Ed25519", "PS256", "RS256"];

/** Who signs tokens, what they must say, and how callers prove that they are theirs. */
export function planIdentity(policy: Policy, documents: readonly ApiDocument[], note: ReadPolicy["faultAt"]): IdentityPlan | undefined {
  const { identity } = policy;
  if (identity === undefined) {
    noteAppsWithoutIssuer(policy, note);
    return undefined;
  }
  const { accessToken, audience, clockTolerance = 30_000, credential, deviceClaim, issuer, jwksUri, rolesClaim, tierClaim, typ } = identity;
  const builtin = issuer === "builtin";
  const binding = accessToken?.binding ?? (builtin ? "optional" : "none");
  const origin = policy.publicUrl === undefined ? undefined : URL.parse(policy.publicUrl)?.origin;
  if (clockTolerance > mostToleranceMs) note(["identity", "clockTolerance"], "a clock tolerance above five minutes lets tokens live before they are issued", { expected: "at most 5m" });
  if (builtin) noteBuiltin(policy, identity, note);
  else noteExternal(policy, identity, note);
  if (binding !== "none" && origin === undefined) note(["identity"], "proofs of possession are made for a public address, and none is named", { expected: "publicUrl: https://api.example.com" });
  return {
    issuer: builtin ? (origin ?? "") : issuer,
    audiences: audience,
    jwksUri,
    algorithms: identity.algorithms ?? (builtin ? ["ES256"] : usualAlgorithms.filter((name) => signingAlgorithms.has(name))),
    typ: typ ?? "at+jwt",
    clockToleranceSeconds: Math.round(clockTolerance / 1000),
    rolesClaim: rolesClaim ?? "roles",
    tierClaim: tierClaim ?? (builtin ? "tier" : undefined),
    deviceClaim: deviceClaim ?? (builtin ? "device" : undefined),
    binding,
    requireNonce: accessToken?.nonce === "required",
    proofWindowSeconds,
    origin,
    credentials: credentialsOf(credential ?? [{}], binding, documents, note),
  };
}

function noteBuiltin(policy: Policy, { accessToken, jwksUri, providers, refreshToken, signIn, sms, typ }: Identity, note: ReadPolicy["faultAt"]): void {
  const { publicUrl } = policy;
  if (publicUrl === undefined) note(["identity", "issuer"], "the built-in issuer needs the address it is known by", { expected: "publicUrl: https://api.example.com", mend: "Add publicUrl. Tokens carry it, and apps compare it to the letter." });
  else if (URL.parse(publicUrl)?.pathname !== "/") note(["publicUrl"], "the built-in issuer lives at the root of its address", { expected: "an address without a path, such as https://api.example.com" });
  else if (!publicUrl.startsWith("https:") && !/^http:\/\/(localhost|127\.0\.0\.1)(:|\/|$)/.test(publicUrl)) note(["publicUrl"], "sign-in is served over https only", { expected: "https://..." });
  if (jwksUri !== undefined || typ !== undefined) note(["identity"], "the built-in issuer knows its own keys and kind of token", { mend: "Take out jwksUri and typ." });
  const { longerBecause, ttl = 10 * minute } = accessToken ?? {};
  if (ttl < minute) note(["identity", "accessToken", "ttl"], "access tokens of less than a minute are spent on their way", { expected: "5m to 15m" });
  if (ttl > 15 * minute && longerBecause === undefined) note(["identity", "accessToken", "ttl"], "access tokens live longer than fifteen minutes", { expected: "5m to 15m", mend: "If it must be, say why: longerBecause: ..." });
  if (ttl > 24 * 60 * minute) note(["identity", "accessToken", "ttl"], "access tokens live longer than a day", { expected: "at most 24h, with a reason" });
  const { idle = 14 * 1440 * minute, retryWindow = 7 * 1440 * minute, ttl: whole = 30 * 1440 * minute } = refreshToken ?? {};
  if (idle > whole) note(["identity", "refreshToken", "idle"], "a session cannot be idle for longer than it lives", { expected: "idle at most ttl" });
  if (retryWindow > idle) note(["identity", "refreshToken", "retryWindow"], "a lost answer cannot be asked for again after the session has gone idle", { expected: "retryWindow at most idle" });
  policy.apps?.forEach((app, index) => app.redirectUris?.forEach((uri, at) => noteRedirect(uri, app.kind ?? "native", ["apps", String(index), "redirectUris", String(at)], note)));
  signIn?.roles?.forEach((role, index) => {
    if (policy.roles !== undefined && Object.hasOwn(policy.roles, role)) return;
    const meant = nearest(role, Object.keys(policy.roles ?? {}));
    note(["identity", "signIn", "roles", String(index)], `there is no role '${role}'`, { expected: Object.keys(policy.roles ?? {}).join(", ") || "a role under roles", ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }) });
  });
  policy.apps?.forEach((app, index) => noteNativeSignIn(app, ["apps", String(index), "nativeSignIn"], accessToken?.binding ?? "optional", note));
  providers?.forEach((provider, index) => {
    if (provider.apple !== undefined && provider.clientSecret !== undefined) note(["identity", "providers", String(index), "clientSecret"], "a provider is asked with a secret or with Apple's key, not with both", { mend: "Take clientSecret out." });
  });
  if (sms !== undefined) note(["identity", "sms"], "codes by SMS can be read by whoever takes over the number, and each costs money that strangers can spend", { severity: "warning", expected: "passkeys or authenticator apps; SMS only for those who have neither" });
  if (signIn?.signUp === "open" && signIn.roles === undefined) note(["identity", "signIn", "signUp"], "whoever signs up may do nothing: no role is given to them", { severity: "warning", expected: "roles: [customer] beside signUp" });
  if (!(policy.apps ?? []).some((app) => app.redirectUris !== undefined)) note(["identity", "issuer"], "no app can sign in: none says where sign-in returns to", { severity: "warning", expected: "apps: [{ id: my-app, redirectUris: [com.example.app:/signed-in] }]" });
}

function noteNativeSignIn({ firstParty, kind, nativeSignIn, redirectUris }: NonNullable<Policy["apps"]>[number], place: readonly string[], binding: string, note: ReadPolicy["faultAt"]): void {
  if (nativeSignIn !== true) return;
  if (redirectUris === undefined || kind === "web" || firstParty === false) note(place, "people give their password to the owner's own native apps only", { expected: "an app with redirectUris, of kind native, that is firstParty" });
  if (binding !== "dpop" && binding !== "optional") note(place, "an app without a browser proves by DPoP that it is the same from step to step", { expected: "identity: { accessToken: { binding: optional } }, or dpop" });
  note(place, "the app itself sees the password, and another app could show the same screen: nothing yet tells them apart", { severity: "warning", expected: "sign-in in the browser, where people see whose page it is" });
}

function noteRedirect(uri: string, kind: "native" | "web", place: readonly string[], note: ReadPolicy["faultAt"]): void {
  const fault = redirectFault(uri, kind);
  if (fault !== undefined) note(place, `'${uri}' ${fault.why}`, { expected: fault.expected });
}

function noteExternal(policy: Policy, { mail, passwords, providers, refreshToken, signIn, sms, accessToken }: Identity, note: ReadPolicy["faultAt"]): void {
  for (const [name, value] of Object.entries({ mail, passwords, providers, refreshToken, signIn, sms })) if (value !== undefined) note(["identity", name], `'${name}' is a setting of the built-in issuer`, { mend: `Take it out, or write issuer: builtin.` });
  if (accessToken?.ttl !== undefined) note(["identity", "accessToken", "ttl"], "how long tokens live is said by their issuer", { mend: "Take ttl out." });
  noteAppsWithoutIssuer(policy, note);
}

function noteAppsWithoutIssuer({ apps }: Policy, note: ReadPolicy["faultAt"]): void {
  apps?.forEach((app, index) => {
    for (const name of ["redirectUris", "logoutUris", "kind", "scopes", "firstParty", "pushedRequests", "nativeSignIn"] as const) if (app[name] !== undefined) note(["apps", String(index), name], `'${name}' is a setting of the built-in issuer`, { mend: "Take it out, or write identity: { issuer: builtin, audience: ... }." });
  });
}

function credentialsOf(credentials: NonNullable<Identity["credential"]>, binding: IdentityPlan["binding"], documents: readonly ApiDocument[], note: ReadPolicy["faultAt"]): IdentityPlan["credentials"] {
  const schemes = documents.flatMap((document) => document.securitySchemes.map((scheme) => scheme.name));
  return credentials.flatMap(({ cookie, header = "Authorization", scheme, securityScheme }, index): IdentityPlan["credentials"][number][] => {
    const place = ["identity", "credential", String(index)];
    if (cookie !== undefined && scheme !== undefined) note(place, "a credential sits in a cookie or in a header field, not in both", { expected: "cookie, or header with or without scheme" });
    if (securityScheme !== undefined && !schemes.includes(securityScheme)) note([...place, "securityScheme"], `no document has a security scheme '${securityScheme}'`, { expected: [...new Set(schemes)].join(", ") || "a scheme under components.securitySchemes" });
    if (cookie !== undefined) return [{ securityScheme, source: { cookie } }];
    const usual = header.toLowerCase() === "authorization";
    const source = { header, scheme: scheme ?? (usual ? "Bearer" : undefined) };
    // RFC 9449 section 7.1: a bound token comes under a name of its own.
    return usual && scheme === undefined && binding !== "none" && binding !== "mtls" ? [{ securityScheme, source }, { securityScheme, source: { header, scheme: "DPoP" } }] : [{ securityScheme, source }];
  });
}
