import { createHash, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import * as client from "openid-client";

export interface UpstreamProvider {
  readonly id: string;
  readonly title: string;
  readonly issuer: string;
  readonly clientId: string;
  /**
   * Apple gives a key in place of a secret: the secret is a JWT signed with it, made when it is
   * needed and valid for five minutes.
   */
  readonly secret:
    | string
    | undefined
    | {
        readonly kind: "apple";
        readonly teamId: string;
        readonly keyId: string;
        readonly key: KeyObject;
      };
  readonly responseMode: "query" | "form_post";
  readonly scopes: readonly string[];
}

/** What is kept in the person's browser while they are away at the provider. */
export interface Away {
  readonly interaction: string;
  readonly provider: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface UpstreamIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  /** How the provider says that it has proved who it is (RFC 8176), each with `fed:` before it. */
  readonly amr: readonly string[];
}

function clientAuthentication({ clientId, issuer, secret }: UpstreamProvider): client.ClientAuth {
  if (secret === undefined) return client.None();
  if (typeof secret === "string") return client.ClientSecretPost(secret);
  return async (_as, _client, body) => {
    body.set("client_id", clientId);
    body.set(
      "client_secret",
      await new SignJWT()
        .setProtectedHeader({ alg: "ES256", kid: secret.keyId })
        .setIssuer(secret.teamId)
        .setSubject(clientId)
        .setAudience(issuer)
        .setIssuedAt()
        .setExpirationTime("5m")
        .sign(secret.key),
    );
  };
}

const rediscoverMs = 3_600_000;

/**
 * Sign-in with another OpenID provider (Google and Apple are configurations of it): code with PKCE,
 * state and nonce.
 */
export class Federation {
  readonly #providers: ReadonlyMap<string, UpstreamProvider>;
  readonly #redirectBase: string;
  readonly #discovered = new Map<
    string,
    { readonly at: number; readonly configuration: Promise<client.Configuration> }
  >();

  constructor(providers: readonly UpstreamProvider[], redirectBase: string) {
    this.#providers = new Map(providers.map((provider) => [provider.id, provider]));
    this.#redirectBase = redirectBase;
  }

  get providers(): readonly UpstreamProvider[] {
    return [...this.#providers.values()];
  }

  /** @throws Error when the provider cannot be reached */
  async leave(
    id: string,
    interaction: string,
  ): Promise<{ readonly url: string; readonly away: Away } | undefined> {
    const provider = this.#providers.get(id);
    if (provider === undefined) return undefined;
    const away: Away = {
      interaction,
      provider: id,
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(await this.#configuration(provider), {
      redirect_uri: this.#redirectOf(id),
      scope: provider.scopes.join(" "),
      state: away.state,
      nonce: away.nonce,
      code_challenge: createHash("sha256").update(away.verifier).digest("base64url"),
      code_challenge_method: "S256",
      ...(provider.responseMode === "query" ? {} : { response_mode: provider.responseMode }),
    });
    return { url: url.href, away };
  }

  /** @throws Error when what came back is not the answer to what was asked */
  async comeBack(query: string, away: Away): Promise<UpstreamIdentity> {
    const provider = this.#providers.get(away.provider);
    if (provider === undefined) throw new Error("the provider is gone");
    const tokens = await client.authorizationCodeGrant(
      await this.#configuration(provider),
      new URL(`${this.#redirectOf(away.provider)}?${query}`),
      {
        expectedState: away.state,
        expectedNonce: away.nonce,
        pkceCodeVerifier: away.verifier,
        idTokenExpected: true,
      },
    );
    const claims = tokens.claims();
    if (claims === undefined) throw new Error("there is no ID token");
    return {
      issuer: claims.iss,
      subject: claims.sub,
      email: typeof claims["email"] === "string" ? claims["email"] : undefined,
      emailVerified: claims["email_verified"] === true || claims["email_verified"] === "true",
      amr: amrOf(claims["amr"]),
    };
  }

  #redirectOf(id: string): string {
    return `${this.#redirectBase}/from/${id}`;
  }

  #configuration(provider: UpstreamProvider): Promise<client.Configuration> {
    const known = this.#discovered.get(provider.id);
    if (known !== undefined && Date.now() - known.at < rediscoverMs) return known.configuration;
    const configuration = client.discovery(
      new URL(provider.issuer),
      provider.clientId,
      undefined,
      clientAuthentication(provider),
      {
        ...(provider.issuer.startsWith("http:") ? { execute: [client.allowInsecureRequests] } : {}),
        timeout: 10,
      },
    );
    configuration.catch(() => this.#discovered.delete(provider.id));
    this.#discovered.set(provider.id, { at: Date.now(), configuration });
    return configuration;
  }
}

const mostMethods = 8;

/** Under a prefix, so that another provider's word for two proofs is not taken for two proofs here. */
const amrOf = (amr: unknown): readonly string[] =>
  Array.isArray(amr)
    ? amr
        .filter((one): one is string => typeof one === "string" && /^[\w.-]{1,32}$/.test(one))
        .slice(0, mostMethods)
        .map((one) => `fed:${one}`)
    : [];
