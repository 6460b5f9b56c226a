import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { after, before, test } from "node:test";
import * as openid from "openid-client";
import { Browser, signInAt } from "./browser.ts";
import { type IdentityGate, startIdentityGate } from "./identity-gate.ts";

// Clients that others wrote and certified, unchanged, against the issuer behind its gate.
let gate: IdentityGate;
const email = "ann@notes.example";
const redirectUri = "com.notes.app:/signed-in";
const realFetch = globalThis.fetch;

before(async () => {
  gate = await startIdentityGate();
  gate.addUser(email, "--role", "member");
  // Some of them know no other way to be told which authority to trust than the platform's own
  // fetch.
  globalThis.fetch = (input: string | URL | Request, init?: RequestInit) =>
    String(input instanceof Request ? input.url : input).startsWith(gate.origin)
      ? gate.fetch(input, { ...init, signal: null })
      : realFetch(input, init);
});
after(() => {
  globalThis.fetch = realFetch;
  gate.close();
});

const browse = (url: string): Promise<URL> => signInAt(new Browser(gate), url, email);

test("openid-client: pushed request, DPoP, ID token, userinfo, refresh, revocation", async () => {
  const configuration = await openid.discovery(
    new URL(gate.origin),
    "notes-app",
    undefined,
    openid.None(),
    { [openid.customFetch]: gate.fetch as openid.CustomFetch },
  );
  const DPoP = openid.getDPoPHandle(configuration, await openid.randomDPoPKeyPair("ES256"));
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const [state, nonce] = [openid.randomState(), openid.randomNonce()];
  const url = await openid.buildAuthorizationUrlWithPAR(
    configuration,
    {
      redirect_uri: redirectUri,
      scope: "openid email notes:read",
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
      state,
      nonce,
      resource: gate.audience,
    },
    { DPoP },
  );
  const tokens = await openid.authorizationCodeGrant(
    configuration,
    await browse(url.href),
    { pkceCodeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true },
    {},
    { DPoP },
  );
  assert.equal(tokens.token_type, "dpop");
  const answer = await openid.fetchProtectedResource(
    configuration,
    tokens.access_token,
    new URL("/notes", gate.origin),
    "GET",
    null,
    undefined,
    { DPoP },
  );
  assert.equal(answer.status, 200);
  const renewed = await openid.refreshTokenGrant(
    configuration,
    tokens.refresh_token as string,
    undefined,
    { DPoP },
  );
  assert.notEqual(renewed.refresh_token, tokens.refresh_token);
  await openid.tokenRevocation(configuration, renewed.refresh_token as string);
  await assert.rejects(
    openid.refreshTokenGrant(configuration, renewed.refresh_token as string, undefined, { DPoP }),
  );
});

test("oidc-client-ts: a browser's client signs in and reads its ID token", async () => {
  const { InMemoryWebStorage, OidcClient, WebStorageStateStore } = await import("oidc-client-ts");
  const stateStore = new WebStorageStateStore({ store: new InMemoryWebStorage() });
  const client = new OidcClient({
    authority: gate.origin,
    client_id: "notes-app",
    redirect_uri: "https://notes.example/signed-in",
    response_type: "code",
    scope: "openid notes:read",
    stateStore,
  });
  const { url } = await client.createSigninRequest({});
  const response = await client.processSigninResponse((await browse(url)).href);
  assert.equal(response.profile.iss, gate.origin);
  assert.equal(
    (
      await gate.fetch(`${gate.origin}/notes`, {
        headers: { Authorization: `Bearer ${response.access_token}` },
      })
    ).status,
    200,
  );
});

/**
 * Its index is typed without endings too, which types do not follow here: its parts are named one
 * by one.
 */
type AppAuth = typeof import("@openid/appauth/built/src/authorization_request.js") &
  typeof import("@openid/appauth/built/src/authorization_service_configuration.js") &
  typeof import("@openid/appauth/built/src/revoke_token_request.js") &
  typeof import("@openid/appauth/built/src/token_request.js") & {
    readonly FetchRequestor: new () => object;
    readonly BaseTokenRequestHandler: new (
      requestor: object,
    ) => {
      performTokenRequest(
        configuration: object,
        request: object,
      ): Promise<{ readonly accessToken: string }>;
      performRevokeTokenRequest(configuration: object, request: object): Promise<boolean>;
    };
  };

test("AppAuth: discovery, code with PKCE, tokens, revocation", async () => {
  // The package imports its own files without their endings, as bundlers allow and Node does not.
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier.startsWith(".") &&
      context.parentURL?.includes("/@openid/appauth/") === true &&
      !specifier.endsWith(".js")
        ? next(`${specifier}.js`, context)
        : next(specifier, context),
  });
  // It was written for browsers, and asks the window for its cryptography.
  Object.assign(globalThis, { window: globalThis });
  const {
    AuthorizationRequest,
    AuthorizationServiceConfiguration,
    BaseTokenRequestHandler,
    FetchRequestor,
    GRANT_TYPE_AUTHORIZATION_CODE,
    RevokeTokenRequest,
    TokenRequest,
  } = (await import("@openid/appauth/built/src/index.js")) as unknown as AppAuth;
  const requestor = new FetchRequestor() as never;
  const configuration = await AuthorizationServiceConfiguration.fetchFromIssuer(
    gate.origin,
    requestor,
  );
  const request = new AuthorizationRequest({
    client_id: "notes-app",
    redirect_uri: redirectUri,
    scope: "openid notes:read",
    response_type: "code",
  });
  await request.setupCodeVerifier();
  const query = new URLSearchParams({
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    scope: request.scope,
    response_type: "code",
    state: request.state,
    ...request.extras,
  });
  const left = await browse(`${configuration.authorizationEndpoint}?${query.toString()}`);
  const handler = new BaseTokenRequestHandler(requestor);
  const tokens = await handler.performTokenRequest(
    configuration,
    new TokenRequest({
      client_id: "notes-app",
      redirect_uri: redirectUri,
      grant_type: GRANT_TYPE_AUTHORIZATION_CODE,
      code: left.searchParams.get("code") ?? "",
      extras: { code_verifier: request.internal?.["code_verifier"] ?? "" },
    }),
  );
  assert.equal(
    (
      await gate.fetch(`${gate.origin}/notes`, {
        headers: { Authorization: `Bearer ${tokens.accessToken}` },
      })
    ).status,
    200,
  );
  assert.equal(
    await handler.performRevokeTokenRequest(
      configuration,
      new RevokeTokenRequest({ token: tokens.accessToken, client_id: "notes-app" }),
    ),
    true,
  );
});
