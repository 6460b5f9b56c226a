import type { AdapterPayload } from "oidc-provider";
import type { IdentityPolicy } from "../policy/identity-settings.ts";
import type { ClientTable } from "../store/clients.ts";
import type { ClientKeys } from "./client-keys.ts";
import type { Sealing } from "../store/sealing.ts";

/** An app, or a program, that may ask for tokens. */
export interface RegisteredClient {
  readonly id: string;
  readonly kind: "native" | "web" | "service";
  readonly redirectUris: readonly string[];
  readonly logoutUris: readonly string[];
  /** What it may ask for; undefined: whatever its users' roles allow. */
  readonly scopes: readonly string[] | undefined;
  /** Requests come by the back channel, where nobody can change them on the way (RFC 9126). */
  readonly pushedRequests: boolean;
  /** The operator's own app: its users are not asked whether it may. */
  readonly firstParty: boolean;
  /** May ask its users for their password itself, without a browser. */
  readonly nativeSignIn?: boolean;
  /** Audiences whose API this program is: it may ask what tokens for them are worth. */
  readonly serves?: readonly string[];
  /** Of confidential clients; the secret itself, sealed in the store. */
  readonly secret: string | undefined;
  /** Of confidential clients that sign who they are, in place of a secret. */
  readonly keys?: ClientKeys | undefined;
}

const standardScopes = ["openid", "offline_access", "email"];

/** The apps of the policy. */
export function policyClients(
  { apps }: IdentityPolicy,
  keys: ReadonlyMap<string, ClientKeys> = new Map(),
): readonly RegisteredClient[] {
  return (apps ?? []).flatMap((app) =>
    app.redirectUris === undefined
      ? []
      : [
          {
            id: app.id,
            kind: app.kind ?? "native",
            redirectUris: app.redirectUris,
            logoutUris: app.logoutUris ?? [],
            scopes: app.scopes,
            pushedRequests: app.pushedRequests === "required",
            firstParty: app.firstParty ?? true,
            nativeSignIn: app.nativeSignIn === true,
            serves: app.serves ?? [],
            secret: undefined,
            keys: keys.get(app.id),
          },
        ],
  );
}

/** What the store keeps of a client beside its id, as JSON. */
export interface ClientMetadata
  extends Omit<RegisteredClient, "id" | "keys" | "secret" | "scopes" | "pushedRequests"> {
  readonly scopes?: readonly string[];
  readonly pushedRequests?: boolean;
  /** Base64. */
  readonly sealedSecret?: string;
}

/** Those that were added by command or over the admin API, and are not disabled. */
export async function storedClients(
  table: ClientTable,
  sealing: Sealing,
): Promise<readonly RegisteredClient[]> {
  return (await table.enabled()).map(({ id, metadata }) => {
    const { sealedSecret, ...rest } = JSON.parse(metadata) as ClientMetadata;
    return {
      ...rest,
      pushedRequests: rest.pushedRequests === true,
      scopes: rest.scopes,
      id,
      secret: sealedSecret === undefined ? undefined : openSecret(sealedSecret, id, sealing),
    };
  });
}

export const sealSecret = (secret: string, clientId: string, sealing: Sealing): string =>
  Buffer.from(sealing.seal(secret, `clients/${clientId}`)).toString("base64");
const openSecret = (sealed: string, clientId: string, sealing: Sealing): string =>
  sealing.open(Buffer.from(sealed, "base64"), `clients/${clientId}`);

/** How it proves who it is. RFC 8252 section 8.5: a secret in an app is no secret. */
function proofOf({ keys, secret }: RegisteredClient): AdapterPayload {
  if (keys !== undefined && "certificate" in keys)
    return { token_endpoint_auth_method: "self_signed_tls_client_auth", jwks: keys.certificate };
  if (keys !== undefined)
    return {
      token_endpoint_auth_method: "private_key_jwt",
      ...("url" in keys ? { jwks_uri: keys.url } : { jwks: keys.jwks }),
    };
  return secret === undefined
    ? { token_endpoint_auth_method: "none" }
    : { token_endpoint_auth_method: "client_secret_basic", client_secret: secret };
}

/** A client in the words of RFC 7591. */
export function clientMetadata(
  client: RegisteredClient,
  binding: string,
  knownScopes: readonly string[],
): AdapterPayload {
  const service = client.kind === "service";
  return {
    client_id: client.id,
    client_name: client.id,
    application_type: client.kind === "native" ? "native" : "web",
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.logoutUris],
    grant_types: service ? ["client_credentials"] : ["authorization_code", "refresh_token"],
    response_types: service ? [] : ["code"],
    ...proofOf(client),
    id_token_signed_response_alg: "ES256",
    require_pushed_authorization_requests: client.pushedRequests,
    // A client that keeps no secret: anybody could use a token of its that is bound to nothing.
    dpop_bound_access_tokens: binding === "dpop" && client.secret === undefined && !service,
    tls_client_certificate_bound_access_tokens: binding === "mtls",
    scope: [...standardScopes, ...(client.scopes ?? knownScopes)]
      .filter(
        (scope, index, all) =>
          all.indexOf(scope) === index && !(service && standardScopes.includes(scope)),
      )
      .join(" "),
  };
}
