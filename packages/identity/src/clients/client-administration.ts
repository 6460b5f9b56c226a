import { randomBytes } from "node:crypto";
import { redirectFault } from "../policy/redirect-uri.ts";
import { audit } from "../people/audit.ts";
import { revoke } from "../people/revoke.ts";
import { Sessions } from "../people/sessions.ts";
import type { Sealing } from "../store/sealing.ts";
import type { Store } from "../store/store.ts";
import { type ClientMetadata, type RegisteredClient, sealSecret } from "./client-registry.ts";

export { policyClients, type RegisteredClient } from "./client-registry.ts";

/** What was asked for cannot be, in words for a person. */
export class ClientFault extends Error {}

export const clientKinds = ["native", "web", "service"] as const;

export interface NewClient {
  readonly id: string;
  readonly kind: RegisteredClient["kind"];
  readonly redirectUris: readonly string[];
  readonly logoutUris: readonly string[];
  readonly scopes: readonly string[];
  /** Audiences whose API it is. */
  readonly serves: readonly string[];
  readonly withSecret: boolean;
  readonly firstParty: boolean;
}

export interface ListedClient {
  readonly id: string;
  readonly kind: string;
  readonly from: "policy" | "store";
  readonly state: "active" | "disabled";
}

/**
 * Programs that may ask for tokens beside the apps of the policy, as an administrator sees and
 * changes them. Felt within a second, and written down.
 */
export class ClientAdministration {
  readonly #store: Store;
  readonly #sealing: Sealing;
  readonly #actor: string;
  readonly #own: readonly RegisteredClient[];
  readonly #sessions: Sessions;

  /** @param own the apps of the policy, which are changed there */
  constructor(store: Store, sealing: Sealing, actor: string, own: readonly RegisteredClient[]) {
    this.#store = store;
    this.#sealing = sealing;
    this.#actor = actor;
    this.#own = own;
    this.#sessions = new Sessions(store, Date.now);
  }

  async list(): Promise<readonly ListedClient[]> {
    const stored = await this.#store.clients.all();
    return [
      ...this.#own.map(({ id, kind }) => ({ id, kind, from: "policy", state: "active" }) as const),
      ...stored.map(
        (row) =>
          ({
            id: row.id,
            kind: (JSON.parse(row.metadata) as ClientMetadata).kind,
            from: "store",
            state: row.isDisabled ? "disabled" : "active",
          }) as const,
      ),
    ];
  }

  /** @returns its secret, which is shown once; undefined when it has none. @throws ClientFault */
  async add(client: NewClient): Promise<string | undefined> {
    const { firstParty, id, kind, logoutUris, redirectUris, scopes, serves, withSecret } = client;
    this.#check(id);
    verify(client);
    const secret =
      withSecret || kind === "service" ? randomBytes(32).toString("base64url") : undefined;
    const metadata: ClientMetadata = {
      kind,
      redirectUris,
      logoutUris,
      ...(scopes.length === 0 ? {} : { scopes }),
      firstParty,
      ...(serves.length === 0 ? {} : { serves }),
      ...(secret === undefined
        ? {}
        : {
            sealedSecret: sealSecret(secret, id, this.#sealing),
          }),
    };
    if (!(await this.#store.clients.add({ id, metadata: JSON.stringify(metadata) }, Date.now())))
      throw new ClientFault(`there is a client '${id}' already`);
    await this.#note("client-added", id);
    return secret;
  }

  /** Its sessions end, and its tokens are refused. @throws ClientFault */
  async disable(id: string): Promise<void> {
    await this.#find(id);
    await this.#store.clients.disable(id, Date.now());
    await this.#endAll(id, "client-disabled");
  }

  /** What it was given before stays refused. @throws ClientFault */
  async enable(id: string): Promise<void> {
    await this.#find(id);
    await this.#store.clients.enable(id);
    await revoke(this.#store.revocations, Date.now(), {
      kind: "client",
      value: id,
      beforeSeconds: Math.floor(Date.now() / 1000),
    });
    await this.#note("client-enabled", id);
  }

  /** @throws ClientFault */
  async remove(id: string): Promise<void> {
    await this.#find(id);
    await this.#store.clients.remove(id);
    await this.#endAll(id, "client-removed");
  }

  #check(id: string): void {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id))
      throw new ClientFault(`'${id}' is no id: letters, digits, '.', '_' and '-'`);
    if (this.#own.some((one) => one.id === id))
      throw new ClientFault(`'${id}' is an app of the policy: change it there`);
  }

  async #find(id: string): Promise<void> {
    this.#check(id);
    if (!(await this.#store.clients.has(id))) throw new ClientFault(`there is no client '${id}'`);
  }

  async #endAll(id: string, because: string): Promise<void> {
    await this.#sessions.end({ clientId: id }, because);
    await revoke(this.#store.revocations, Date.now(), { kind: "client", value: id });
    await this.#note(because, id);
  }

  #note(action: string, id: string): Promise<void> {
    return audit(this.#store.audit, Date.now(), {
      actor: this.#actor,
      action,
      about: `client:${id}`,
    });
  }
}

/** @throws ClientFault for what cannot be, whatever other clients there are */
function verify({ kind, logoutUris, redirectUris, scopes, serves, withSecret }: NewClient): void {
  if ((kind === "service") !== (redirectUris.length === 0))
    throw new ClientFault(
      kind === "service"
        ? "a service signs nobody in: take the redirect out"
        : "say where sign-in returns to, such as https://app.example.com/signed-in",
    );
  for (const uri of [...redirectUris, ...logoutUris]) {
    const fault = redirectFault(uri, kind === "native" ? "native" : "web");
    if (fault !== undefined)
      throw new ClientFault(`'${uri}' ${fault.why}; expected ${fault.expected}`);
  }
  // RFC 8252 section 8.5.
  if (withSecret && kind === "native")
    throw new ClientFault(
      "a secret in an app is no secret: native apps prove themselves by a key of the device instead",
    );
  if (serves.length > 0 && kind !== "service" && !withSecret)
    throw new ClientFault("only a program that keeps a secret can be the API of an audience");
  if (kind === "service" && scopes.length === 0 && serves.length === 0)
    throw new ClientFault(
      "a service may do what it is given, and it is given nothing: name its scopes",
    );
}
