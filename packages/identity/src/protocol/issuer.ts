import type { IncomingMessage, ServerResponse } from "node:http";
import { Provider } from "oidc-provider";
import type { Accounts } from "../people/accounts.ts";
import { Counters } from "../counting/counters.ts";
import { audit } from "../people/audit.ts";
import { revoke } from "../people/revoke.ts";
import type { Sealing } from "../store/sealing.ts";
import type { Store } from "../store/store.ts";
import { clientMetadata, type RegisteredClient } from "../clients/client-registry.ts";
import { type CodeFacts, issueCode } from "./issue-code.ts";
import { createGrantStore, type GrantStoreOptions } from "../rotation/grant-store.ts";
import { everyScopeOf, type IssuerRules } from "./issuer-rules.ts";
import { boundPending } from "./pending-requests.ts";
import { providerSettings } from "./provider-settings.ts";
import type { PrivateJwk } from "./signing-keys.ts";
import { hasLostStore } from "../store/store-lost.ts";
import { outermost, whileStoreIsLost } from "./while-store-is-lost.ts";
import { answerStructuredTokens } from "./structured-tokens.ts";
import { type NewToken, nextToken } from "../rotation/family.ts";
import { currentWork, UnitOfWork } from "../rotation/unit-of-work.ts";
import { inOneTransaction } from "../rotation/token-requests.ts";

type Use = Parameters<Provider["use"]>[0];

export interface IssuerSettings
  extends Omit<IssuerRules, "isFirstParty" | "scopesOf" | "kindOf" | "isTrustedDevice"> {
  readonly retryWindowMs: number;
  readonly receiptMs: number;
}

export interface IssuerParts {
  readonly settings: IssuerSettings;
  readonly store: Store;
  readonly sealing: Sealing;
  readonly accounts: Accounts;
  readonly now: () => number;
  /** Pages of our own; false when the path is none of them. */
  readonly pages: (
    request: IncomingMessage,
    response: ServerResponse,
    provider: Provider,
  ) => Promise<boolean>;
  readonly onTrouble: (message: string) => void;
}

/**
 * The authorization server behind its socket. The provider is rebuilt when keys change: it keeps no
 * state but its store's.
 */
export class Issuer {
  readonly #parts: IssuerParts;
  readonly #store: GrantStoreOptions;
  #clients = new Map<string, RegisteredClient>();
  #metadata = new Map<string, ReturnType<typeof clientMetadata>>();
  #keysText = "";
  #provider: Provider | undefined;
  #callback: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;

  constructor(parts: IssuerParts) {
    this.#parts = parts;
    const { now, sealing, settings, store } = parts;
    this.#store = {
      store,
      sealing,
      now,
      retryWindowMs: settings.retryWindowMs,
      receiptMs: settings.receiptMs,
      onTrouble: parts.onTrouble,
      findClient: (id) => this.#metadata.get(id),
      onSessionEnded: async (tables, { accountId, because, clientId, sessionId }) => {
        await revoke(tables.revocations, now(), { kind: "session", value: sessionId });
        await audit(tables.audit, now(), {
          actor: "issuer",
          action: because,
          about: `session:${sessionId}`,
          details: { account: accountId, client: clientId },
        });
        if (because === "refresh-reuse")
          parts.onTrouble(
            `incident: a refresh token was used twice; the session ${sessionId} of ${clientId} has been ended`,
          );
      },
    };
  }

  client(id: string): RegisteredClient | undefined {
    return this.#clients.get(id);
  }

  /** @throws Error when the proof was used before */
  async useProofOnce(
    clientId: string,
    { jti, lifeSeconds }: { readonly jti: string; readonly lifeSeconds: number },
  ): Promise<boolean> {
    return this.provider.ReplayDetection.unique(
      clientId,
      jti,
      Math.floor(this.#parts.now() / 1000) + Math.ceil(lifeSeconds),
    );
  }

  /** A code for somebody who has signed in without a browser, to be redeemed like any other. */
  async issueCode(facts: CodeFacts): Promise<string> {
    const { settings } = this.#parts;
    return issueCode(
      this.provider,
      facts,
      { ...settings, scopesOf: (id) => this.#clients.get(id)?.scopes },
      this.#store,
    );
  }

  get provider(): Provider {
    if (this.#provider === undefined) throw new Error("the issuer has no keys yet");
    return this.#provider;
  }

  useClients(clients: readonly RegisteredClient[]): void {
    const { settings } = this.#parts;
    const scopes = everyScopeOf(settings);
    this.#clients = new Map(clients.map((client) => [client.id, client]));
    this.#metadata = new Map(
      clients.map((client) => [client.id, clientMetadata(client, settings.binding, scopes)]),
    );
  }

  /** @returns whether anything has changed */
  useKeys(keys: readonly PrivateJwk[]): boolean {
    const text = keys.map(({ kid }) => kid).join();
    if (text === this.#keysText) return false;
    this.#keysText = text;
    const { accounts, now, sealing, settings } = this.#parts;
    const rules: IssuerRules = {
      ...settings,
      isFirstParty: (id) => this.#clients.get(id)?.firstParty === true,
      scopesOf: (id) => this.#clients.get(id)?.scopes,
      kindOf: (id) => this.#clients.get(id)?.kind,
      isTrustedDevice: (accountId, deviceId) =>
        this.#parts.store.devices.isTrusted(accountId, deviceId),
    };
    const provider = new Provider(settings.issuer, {
      ...providerSettings(rules, keys, accounts, sealing),
      adapter: createGrantStore(this.#store),
    });
    const tokens = provider.RefreshToken.prototype as unknown as { generateTokenId: unknown };
    tokens.generateTokenId = function (this: NewToken): string {
      return nextToken(this, currentWork.getStore() ?? new UnitOfWork(), sealing, now());
    };
    // Only the gate can reach the socket: its X-Forwarded-* fields say who asks, and over which
    // protocol.
    provider.proxy = true;
    provider.use(outermost as unknown as Use);
    provider.use(inOneTransaction(this.#store) as unknown as Use);
    provider.use(
      boundPending(new Counters(this.#parts.store.counters, this.#parts.now)) as unknown as Use,
    );
    provider.use(
      answerStructuredTokens({
        tables: this.#parts.store,
        now: this.#store.now,
        issuer: settings.issuer,
        keys,
        servedBy: (id) => this.#clients.get(id)?.serves ?? [],
      }) as unknown as Use,
    );
    provider.on("server_error", (_context, fault) => {
      if (!hasLostStore()) this.#parts.onTrouble(`sign-in: ${fault.message}`);
    });
    this.#provider = provider;
    this.#callback = provider.callback();
    return true;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { provider } = this;
    const host = URL.parse(this.#parts.settings.issuer)?.host ?? "";
    // Links are made from the public address alone, whatever host a caller names.
    request.headers.host = host;
    delete request.headers["x-forwarded-host"];
    await whileStoreIsLost(request, response, async () => {
      if (await this.#parts.pages(request, response, provider)) return;
      await this.#callback?.(request, response);
    });
  }
}
