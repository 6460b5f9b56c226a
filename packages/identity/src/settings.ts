import { resolve } from "node:path";
import type { IdentityPolicy } from "./policy/identity-settings.ts";
import type { TokenPlan } from "./policy/token-plan.ts";
import type { IssuerSettings } from "./protocol/issuer.ts";
import type { SignInSettings } from "./sign-in/sign-in-parts.ts";

const dayMs = 86_400_000;
const defaults = {
  accessTokenMs: 600_000,
  refreshMs: 30 * dayMs,
  idleMs: 14 * dayMs,
  retryMs: 7 * dayMs,
  sessionMs: 12 * 3_600_000,
  receiptMs: 60_000,
  leastPassword: 15,
  leastBesideMfa: 8,
  accent: "#0a5c5a",
} as const;

/**
 * What the operator has decided about tokens and sessions, with what holds where nothing is said.
 */
export function issuerSettings(
  { apps, identity, roles }: IdentityPolicy,
  { audiences, binding, issuer, requireNonce }: TokenPlan,
  receiptMs: number = defaults.receiptMs,
): IssuerSettings {
  const { accessToken, refreshToken, signIn } = identity ?? {};
  return {
    issuer,
    audience: audiences[0] as string,
    accessTokenSeconds: seconds(accessToken?.ttl ?? defaults.accessTokenMs),
    refreshTokenSeconds: seconds(refreshToken?.ttl ?? defaults.refreshMs),
    idleSeconds: seconds(refreshToken?.idle ?? defaults.idleMs),
    sessionSeconds: seconds(signIn?.session ?? defaults.sessionMs),
    retryWindowMs: refreshToken?.retryWindow ?? defaults.retryMs,
    receiptMs,
    binding,
    requireNonce,
    nativeSignIn: (apps ?? []).some((app) => app.nativeSignIn === true),
    roles: roles ?? {},
  };
}

const seconds = (ms: number): number => Math.round(ms / 1000);

/**
 * What the operator has decided about the pages.
 *
 * @param folder where the path of a list of breached passwords begins
 */
export function signInSettings(
  { identity }: IdentityPolicy,
  { issuer }: TokenPlan,
  folder: string,
): SignInSettings {
  const { passwords, signIn } = identity ?? {};
  const { hostname } = new URL(issuer);
  const title = signIn?.title ?? hostname;
  const secondFactor = signIn?.secondFactor ?? "optional";
  return {
    issuer,
    title,
    accentColor: signIn?.accentColor ?? defaults.accent,
    locales: signIn?.locales ?? ["en", "de", "nl"],
    signUp: signIn?.signUp ?? "closed",
    roles: signIn?.roles ?? [],
    secondFactor,
    passwords: {
      least:
        passwords?.least ??
        (secondFactor === "always" ? defaults.leastBesideMfa : defaults.leastPassword),
      breached: breachedList(passwords?.breached, folder),
      ownWords: [title, hostname],
    },
  };
}

function breachedList(
  breached: NonNullable<NonNullable<IdentityPolicy["identity"]>["passwords"]>["breached"],
  folder: string,
): SignInSettings["passwords"]["breached"] {
  if (breached === undefined || breached === "off") return "off";
  return breached.file === undefined
    ? { url: breached.url ?? "" }
    : { file: resolve(folder, breached.file) };
}
