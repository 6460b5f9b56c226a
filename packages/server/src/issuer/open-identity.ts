import { resolve } from "node:path";
import type { IdentityPlan } from "@portcullis/guard/policy/plan";
import type { Policy } from "@portcullis/guard/policy/policy-schema";
import { Accounts } from "../accounts/accounts.ts";
import { Guesses } from "../accounts/guesses.ts";
import { Sessions } from "../accounts/sessions.ts";
import { Factors } from "../factors/factors.ts";
import { OneTimeCodes } from "../factors/one-time-codes.ts";
import { Passkeys } from "../factors/passkeys.ts";
import type { SeenGeneration } from "../gate-settings.ts";
import type { Jwks } from "../keys/key-source.ts";
import { readSecret } from "../keys/read-secret.ts";
import { accountClientId } from "../sign-in/account-page.ts";
import { Federation } from "../sign-in/federation.ts";
import { upstreamProviderOf } from "../sign-in/upstream-provider.ts";
import { fileMailer, type Mailer, webhookMailer, webhookTexter } from "../sign-in/mailer.ts";
import { createNativeSignIn } from "../sign-in/native-sign-in.ts";
import { addressOf, createPages } from "../sign-in/pages.ts";
import type { SignInParts, SignInSettings } from "../sign-in/sign-in-parts.ts";
import type { Store } from "../store/open-store.ts";
import type { Sealing } from "../store/sealing.ts";
import { policyClients, type RegisteredClient, storedClients } from "./client-registry.ts";
import type { Issuer } from "./issuer.ts";
import { issuerPaths } from "./issuer-document.ts";
import { loadIssuer } from "./load-issuer.ts";
import { publicPart, SigningKeys } from "./signing-keys.ts";
import { sweep } from "./sweep.ts";

export interface IdentityOptions {
  readonly policy: Policy;
  readonly plan: IdentityPlan;
  readonly store: Store;
  readonly sealing: Sealing;
  readonly folder: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onKeys: (jwks: Jwks) => void;
  readonly onTrouble: (message: string) => void;
  readonly now?: () => number;
  /** For so long the same refresh token gets the same answer; a minute. */
  readonly receiptMs?: number;
}

export interface Identity {
  readonly issuer: Issuer;
  readonly jwks: Jwks;
  /** Access tokens of these generations were used at the gate. */
  seen(generations: readonly SeenGeneration[]): void;
  close(): Promise<void>;
}

const day = 86_400_000;
const defaults = { accessTokenMs: 600_000, refreshMs: 30 * day, idleMs: 14 * day, retryMs: 7 * day, sessionMs: 12 * 3_600_000, receiptMs: 60_000, leastPassword: 15, leastBesideMfa: 8, accent: "#0a5c5a" } as const;
const refreshEveryMs = 1000;
const confirmEveryMs = 100;
const sweepEveryMs = 10 * 60_000;

/** The built-in issuer with everything it is made of. */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { now = Date.now, onTrouble, plan, policy, sealing, store: { db } } = options;
  const identity = policy.identity as NonNullable<Policy["identity"]>;
  const settings = signInSettings(policy, plan, options.folder);
  const accounts = new Accounts(db, now);
  const factors = new Factors(db, sealing, now);
  const sessions = new Sessions(db, now);
  const keys = new SigningKeys(db, sealing, now);
  let clients: readonly RegisteredClient[] = [];
  const parts: SignInParts = {
    settings,
    db,
    sealing,
    now,
    accounts,
    factors,
    passkeys: new Passkeys(factors, { issuer: plan.issuer, title: settings.title, androidOrigins: identity.signIn?.androidOrigins ?? [] }),
    codes: new OneTimeCodes(db, sealing, now),
    guesses: new Guesses(db, now),
    sessions,
    mailer: mailerOf(options),
    texter: identity.sms === undefined ? undefined : webhookTexter(identity.sms.webhook, identity.sms.token === undefined ? undefined : readSecret(identity.sms.token, "identity.sms.token", options.folder, options.environment), onTrouble),
    federation: new Federation(
      (identity.providers ?? []).map((provider) => upstreamProviderOf(provider, options.folder, options.environment)),
      `${plan.issuer}${issuerPaths.signIn}`,
    ),
  };
  const pages = createPages(parts, () => redirectTargets(clients), createNativeSignIn(parts, () => issuer, plan.requireNonce, addressOf));
  const { accessToken, refreshToken, signIn } = identity;
  const seconds = (ms: number): number => Math.round(ms / 1000);
  const loaded = await loadIssuer(onTrouble);
  const issuer = new loaded.Issuer({
    settings: {
      issuer: plan.issuer,
      audience: plan.audiences[0] as string,
      accessTokenSeconds: seconds(accessToken?.ttl ?? defaults.accessTokenMs),
      refreshTokenSeconds: seconds(refreshToken?.ttl ?? defaults.refreshMs),
      idleSeconds: seconds(refreshToken?.idle ?? defaults.idleMs),
      sessionSeconds: seconds(signIn?.session ?? defaults.sessionMs),
      retryWindowMs: refreshToken?.retryWindow ?? defaults.retryMs,
      receiptMs: options.receiptMs ?? defaults.receiptMs,
      binding: plan.binding,
      requireNonce: plan.requireNonce,
      nativeSignIn: (policy.apps ?? []).some((app) => app.nativeSignIn === true),
      roles: policy.roles ?? {},
    },
    db,
    sealing,
    accounts,
    now,
    pages,
    onTrouble,
  });

  let jwks: Jwks = { keys: [] };
  const refresh = async (): Promise<void> => {
    clients = [...policyClients(policy), accountPageClient(plan.issuer), ...(await storedClients(db, (sealed, id) => sealing.open(Buffer.from(sealed, "base64"), `clients/${id}`)))];
    issuer.useClients(clients);
    await keys.keepFresh();
    const privateKeys = await keys.forProvider();
    if (!issuer.useKeys(privateKeys)) return;
    jwks = { keys: privateKeys.map(publicPart) };
    options.onKeys(jwks);
  };
  await refresh();
  const quietly = (work: () => Promise<unknown>): (() => void) => {
    let busy = false;
    return () => {
      if (busy) return;
      busy = true;
      work()
        .catch((fault: unknown) => onTrouble(`identity: ${(fault as Error).message}`))
        .finally(() => {
          busy = false;
        });
    };
  };
  const generations = new Map<string, number>();
  const confirm = async (): Promise<void> => {
    if (generations.size === 0) return;
    const taken = new Map(generations);
    generations.clear();
    await sessions.confirm(taken);
  };
  const timers = [setInterval(quietly(refresh), refreshEveryMs), setInterval(quietly(confirm), confirmEveryMs), setInterval(quietly(() => sweep(db, now())), sweepEveryMs)];
  for (const timer of timers) timer.unref();
  return {
    issuer,
    get jwks() {
      return jwks;
    },
    seen(rows) {
      for (const [sessionId, generation] of rows) generations.set(sessionId, Math.max(generation, generations.get(sessionId) ?? 0));
    },
    async close() {
      for (const timer of timers) clearInterval(timer);
      await confirm().catch(() => undefined);
    },
  };
}

function signInSettings({ identity }: Policy, { issuer }: IdentityPlan, folder: string): SignInSettings {
  const { passwords, signIn } = identity ?? {};
  const title = signIn?.title ?? new URL(issuer).hostname;
  const { breached } = passwords ?? {};
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
      least: passwords?.least ?? (secondFactor === "always" ? defaults.leastBesideMfa : defaults.leastPassword),
      breached: breached === undefined || breached === "off" ? "off" : breached.file === undefined ? { url: breached.url ?? "" } : { file: resolve(folder, breached.file) },
      ownWords: [title, ...new URL(issuer).hostname.split(".")].filter((word) => word.length >= 4),
    },
  };
}

function mailerOf({ directory, environment, folder, onTrouble, policy }: IdentityOptions): Mailer {
  const { mail } = policy.identity ?? {};
  if (mail !== undefined) return webhookMailer(mail.webhook, mail.token === undefined ? undefined : readSecret(mail.token, "identity.mail.token", folder, environment), mail.from, onTrouble);
  if (environment["PORTCULLIS_ENV"] === "production") throw new Error("sign-in sends mail, and nobody is named who does it. PORTCULLIS_ENV=production refuses to write it to a file.\nName a service: identity: { mail: { webhook: https://... } }");
  const mailer = fileMailer(directory);
  onTrouble(`no mail service is named: mail is written to ${mailer.file}`);
  return mailer;
}

const accountPageClient = (issuer: string): RegisteredClient => ({ id: accountClientId, kind: "web", redirectUris: [`${issuer}${issuerPaths.account}`], logoutUris: [], scopes: [], pushedRequests: false, firstParty: true, secret: undefined });

/** Where forms may lead in the end: browsers hold the redirects behind a form to the page's policy too. */
function redirectTargets(clients: readonly RegisteredClient[]): string[] {
  const targets = clients.flatMap(({ logoutUris, redirectUris }) => [...redirectUris, ...logoutUris]).flatMap((uri) => {
    const parsed = URL.parse(uri);
    if (parsed === null) return [];
    const loopback = parsed.protocol === "http:" && ["127.0.0.1", "localhost"].includes(parsed.hostname);
    return [loopback ? `http://${parsed.hostname}:*` : parsed.protocol === "https:" ? parsed.origin : parsed.protocol];
  });
  return [...new Set(targets)];
}
