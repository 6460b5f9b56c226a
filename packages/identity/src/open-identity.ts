import type { IncomingMessage, ServerResponse } from "node:http";
import type { IdentityPolicy } from "./policy/identity-settings.ts";
import type { TokenPlan } from "./policy/token-plan.ts";
import type { RegisteredClient } from "./clients/client-registry.ts";
import { clientKeysOf } from "./clients/client-keys.ts";
import { Factors } from "./factors/factors.ts";
import { OneTimeCodes } from "./factors/one-time-codes.ts";
import { Passkeys } from "./factors/passkeys.ts";
import { Federation } from "./federation/federation.ts";
import { upstreamProviderOf } from "./federation/upstream-provider.ts";
import { knownClients, redirectTargets } from "./known-clients.ts";
import { issuerPaths } from "./names/issuer-document.ts";
import { Accounts } from "./people/accounts.ts";
import { Counters } from "./counting/counters.ts";
import { Passwords } from "./people/passwords.ts";
import { Sessions } from "./people/sessions.ts";
import { loadIssuer } from "./protocol/load-issuer.ts";
import { type Jwks, publicPart, SigningKeys } from "./protocol/signing-keys.ts";
import { mailerOf, type SenderOptions, texterOf } from "./senders.ts";
import { issuerSettings, signInSettings } from "./settings.ts";
import { createNativeSignIn } from "./sign-in/native-sign-in.ts";
import { createPages } from "./sign-in/pages.ts";
import type { SignInParts } from "./sign-in/sign-in-parts.ts";
import type { Sealing } from "./store/sealing.ts";
import type { Store } from "./store/store.ts";
import { retentionOf } from "./policy/retention.ts";
import { sweep } from "./sweep.ts";
import { keepUp } from "./upkeep.ts";

export interface IdentityOptions extends SenderOptions {
  readonly policy: IdentityPolicy;
  readonly plan: TokenPlan;
  readonly store: Store;
  readonly sealing: Sealing;
  readonly onKeys: (jwks: Jwks) => void;
  readonly now?: () => number;
  /** For so long the same refresh token gets the same answer; a minute. */
  readonly receiptMs?: number;
}

/** The app's session, and how often its refresh token had been rotated before the one in use. */
export type SeenGeneration = readonly [sessionId: string, generation: number];

export interface Identity {
  /** Answers requests for the issuer's endpoints and pages. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  readonly jwks: Jwks;
  /** Access tokens of these generations were used at the gate. */
  seen(generations: readonly SeenGeneration[]): void;
  close(): Promise<void>;
}

const refreshEveryMs = 1000;
const confirmEveryMs = 100;
const sweepEveryMs = 10 * 60_000;

/**
 * The built-in issuer with everything it is made of. The store stays the caller's, to be closed
 * after it.
 *
 * @throws Error in words for a person
 */
export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { now = Date.now, onKeys, onTrouble, plan, policy, sealing, store } = options;
  const parts = signInParts(options, now);
  const keys = new SigningKeys(store.signingKeys, sealing, now);
  let clients: readonly RegisteredClient[] = [];
  const pages = createPages(
    parts,
    () => redirectTargets(clients),
    createNativeSignIn(parts, () => issuer, plan.requireNonce),
  );
  const settings = issuerSettings(policy, plan, options.receiptMs);
  const keep = retentionOf(policy);
  const clientKeys = clientKeysOf(policy, options.folder);
  const { Issuer } = await loadIssuer(onTrouble);
  const issuer = new Issuer({
    settings,
    store,
    sealing,
    accounts: parts.accounts,
    now,
    pages,
    onTrouble,
  });
  let jwks: Jwks = { keys: [] };
  const refresh = async (): Promise<void> => {
    clients = await knownClients(policy, plan.issuer, store.clients, sealing, clientKeys);
    issuer.useClients(clients);
    await keys.keepFresh();
    const privateKeys = await keys.forProvider();
    if (!issuer.useKeys(privateKeys)) return;
    jwks = { keys: privateKeys.map(publicPart) };
    onKeys(jwks);
  };
  await refresh();
  const seen = new Map<string, number>();
  const confirm = async (): Promise<void> => {
    if (seen.size === 0) return;
    const taken = new Map(seen);
    seen.clear();
    await parts.sessions.confirm(taken);
  };
  const endUpkeep = keepUp(
    [
      { everyMs: refreshEveryMs, work: refresh },
      { everyMs: confirmEveryMs, work: confirm },
      {
        everyMs: sweepEveryMs,
        work: () => sweep(store, keep, settings.refreshTokenSeconds * 1000, now()),
      },
    ],
    onTrouble,
  );
  return {
    answer: (request, response) => issuer.answer(request, response),
    get jwks() {
      return jwks;
    },
    seen(generations) {
      for (const [sessionId, generation] of generations)
        seen.set(sessionId, Math.max(generation, seen.get(sessionId) ?? 0));
    },
    async close() {
      endUpkeep();
      parts.mailer.close?.();
      // What is not confirmed here is confirmed by the next token that is seen.
      await confirm().catch(() => undefined);
    },
  };
}

function signInParts(options: IdentityOptions, now: () => number): SignInParts {
  const { folder, plan, policy, readSecret, sealing, store } = options;
  const { providers = [], signIn } = policy.identity ?? {};
  const settings = signInSettings(policy, plan, folder);
  const factors = new Factors(store, sealing, now);
  const passwords = new Passwords(store.secrets, sealing);
  return {
    settings,
    store,
    sealing,
    now,
    accounts: new Accounts(store.accounts, passwords, now),
    passwords,
    factors,
    passkeys: new Passkeys(factors, {
      issuer: plan.issuer,
      title: settings.title,
      androidOrigins: signIn?.androidOrigins ?? [],
    }),
    codes: new OneTimeCodes(store.oneTimeCodes, sealing, now),
    counters: new Counters(store.counters, now),
    sessions: new Sessions(store, now),
    mailer: mailerOf(options),
    texter: texterOf(options),
    federation: new Federation(
      providers.map((provider) => upstreamProviderOf(provider, readSecret)),
      `${plan.issuer}${issuerPaths.signIn}`,
    ),
  };
}
