import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { registerHooks } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as openid from "openid-client";
import { App, Browser, formTokenOf } from "./app.ts";
import { freePort, type IdentityGate, password, startIdentityGate } from "./identity-gate.ts";

// Clients that others wrote and certified, unchanged, against the issuer behind its gate.
let gate: IdentityGate;
const email = "ann@notes.example";
const redirectUri = "com.notes.app:/signed-in";
const realFetch = globalThis.fetch;
let apache: ChildProcess | undefined;

before(async () => {
  gate = await startIdentityGate();
  gate.addUser(email, "--role", "member");
  // Some of them know no other way to be told which authority to trust than the platform's own fetch.
  globalThis.fetch = ((input: string | URL | Request, init?: RequestInit) => (String(input instanceof Request ? input.url : input).startsWith(gate.origin) ? gate.fetch(input, { ...init, signal: null }) : realFetch(input, init)));
});
after(() => {
  globalThis.fetch = realFetch;
  apache?.kill("SIGKILL");
  gate.close();
});

async function browse(url: string, browser = new Browser(gate)): Promise<URL> {
  const first = await browser.follow(await browser.get(url), url);
  if (first.left !== undefined) return first.left;
  const sent = await browser.post(first.url, { form: formTokenOf(first.page ?? ""), intent: "password", email, password });
  const { left, page } = await browser.follow(sent, first.url);
  assert.ok(left !== undefined, page ?? "");
  return left;
}

test("openid-client: pushed request, DPoP, ID token, userinfo, refresh, revocation", async () => {
  const configuration = await openid.discovery(new URL(gate.origin), "notes-app", undefined, openid.None(), { [openid.customFetch]: gate.fetch as openid.CustomFetch });
  const DPoP = openid.getDPoPHandle(configuration, await openid.randomDPoPKeyPair("ES256"));
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const [state, nonce] = [openid.randomState(), openid.randomNonce()];
  const url = await openid.buildAuthorizationUrlWithPAR(configuration, { redirect_uri: redirectUri, scope: "openid email notes:read", code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: "S256", state, nonce, resource: gate.audience }, { DPoP });
  const tokens = await openid.authorizationCodeGrant(configuration, await browse(url.href), { pkceCodeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }, {}, { DPoP });
  assert.equal(tokens.token_type, "dpop");
  const answer = await openid.fetchProtectedResource(configuration, tokens.access_token, new URL("/notes", gate.origin), "GET", null, undefined, { DPoP });
  assert.equal(answer.status, 200);
  const renewed = await openid.refreshTokenGrant(configuration, tokens.refresh_token as string, undefined, { DPoP });
  assert.notEqual(renewed.refresh_token, tokens.refresh_token);
  await openid.tokenRevocation(configuration, renewed.refresh_token as string);
  await assert.rejects(openid.refreshTokenGrant(configuration, renewed.refresh_token as string, undefined, { DPoP }));
});

test("oidc-client-ts: a browser's client signs in and reads its ID token", async () => {
  const { InMemoryWebStorage, OidcClient, WebStorageStateStore } = await import("oidc-client-ts");
  const stateStore = new WebStorageStateStore({ store: new InMemoryWebStorage() });
  const client = new OidcClient({ authority: gate.origin, client_id: "notes-app", redirect_uri: "https://notes.example/signed-in", response_type: "code", scope: "openid notes:read", stateStore });
  const { url } = await client.createSigninRequest({});
  const response = await client.processSigninResponse((await browse(url)).href);
  assert.equal(response.profile.iss, gate.origin);
  assert.equal((await gate.fetch(`${gate.origin}/notes`, { headers: { Authorization: `Bearer ${response.access_token}` } })).status, 200);
});

/** Its index is typed without endings too, which types do not follow here: its parts are named one by one. */
type AppAuth = typeof import("@openid/appauth/built/src/authorization_request.js") &
  typeof import("@openid/appauth/built/src/authorization_service_configuration.js") &
  typeof import("@openid/appauth/built/src/revoke_token_request.js") &
  typeof import("@openid/appauth/built/src/token_request.js") & {
    readonly FetchRequestor: new () => object;
    readonly BaseTokenRequestHandler: new (requestor: object) => {
      performTokenRequest(configuration: object, request: object): Promise<{ readonly accessToken: string }>;
      performRevokeTokenRequest(configuration: object, request: object): Promise<boolean>;
    };
  };

test("AppAuth: discovery, code with PKCE, tokens, revocation", async () => {
  // The package imports its own files without their endings, as bundlers allow and Node does not.
  registerHooks({ resolve: (specifier, context, next) => (specifier.startsWith(".") && context.parentURL?.includes("/@openid/appauth/") === true && !specifier.endsWith(".js") ? next(`${specifier}.js`, context) : next(specifier, context)) });
  // It was written for browsers, and asks the window for its cryptography.
  Object.assign(globalThis, { window: globalThis });
  const { AuthorizationRequest, AuthorizationServiceConfiguration, BaseTokenRequestHandler, FetchRequestor, GRANT_TYPE_AUTHORIZATION_CODE, RevokeTokenRequest, TokenRequest } = (await import("@openid/appauth/built/src/index.js")) as unknown as AppAuth;
  const requestor = new FetchRequestor() as never;
  const configuration = await AuthorizationServiceConfiguration.fetchFromIssuer(gate.origin, requestor);
  const request = new AuthorizationRequest({ client_id: "notes-app", redirect_uri: redirectUri, scope: "openid notes:read", response_type: "code" });
  await request.setupCodeVerifier();
  const query = new URLSearchParams({ client_id: request.clientId, redirect_uri: request.redirectUri, scope: request.scope, response_type: "code", state: request.state, ...request.extras });
  const left = await browse(`${configuration.authorizationEndpoint}?${query.toString()}`);
  const handler = new BaseTokenRequestHandler(requestor);
  const tokens = await handler.performTokenRequest(configuration, new TokenRequest({ client_id: "notes-app", redirect_uri: redirectUri, grant_type: GRANT_TYPE_AUTHORIZATION_CODE, code: left.searchParams.get("code") ?? "", extras: { code_verifier: request.internal?.["code_verifier"] ?? "" } }));
  assert.equal((await gate.fetch(`${gate.origin}/notes`, { headers: { Authorization: `Bearer ${tokens.accessToken}` } })).status, 200);
  assert.equal(await handler.performRevokeTokenRequest(configuration, new RevokeTokenRequest({ token: tokens.accessToken, client_id: "notes-app" })), true);
});

const module = "/usr/lib/apache2/modules/mod_auth_openidc.so";

test("Apache's mod_auth_openidc: signs in as a relying party, and takes the access token as a resource server", async () => {
  assert.ok(existsSync(module), "Apache with mod_auth_openidc is needed: apt-get install apache2 libapache2-mod-auth-openidc");
  const port = await freePort();
  const secret = (JSON.parse(gate.command("clients", "add", "apache", "--kind", "web", "--secret", "--redirect", `http://localhost:${port}/rp/back`, "--json").out) as { secret: string }).secret;
  await new Promise((resolve) => setTimeout(resolve, 1300));
  const root = mkdtempSync(join(tmpdir(), "portcullis-apache-"));
  chmodSync(root, 0o755);
  mkdirSync(join(root, "html", "rp"), { recursive: true });
  mkdirSync(join(root, "html", "rs"), { recursive: true });
  for (const place of ["rp", "rs"]) writeFileSync(join(root, "html", place, "index.html"), "let in");
  writeFileSync(join(root, "httpd.conf"), apacheConfig(root, port, secret));
  apache = spawn("/usr/sbin/apache2", ["-X", "-f", join(root, "httpd.conf")], { stdio: ["ignore", "ignore", "pipe"] });
  const get = (path: string, own: Record<string, string> = {}): Promise<{ status: number; body: string; headers: Record<string, string | string[] | undefined> }> =>
    new Promise((resolve, reject) => {
      const request = httpRequest({ host: "localhost", port, path, headers: { Accept: "text/html", ...own } }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (part: string) => (body += part)).on("end", () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
      });
      request.once("error", reject);
      request.end();
    });
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      await get("/");
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const jar = new Map<string, string>();
  const remember = (answer: { headers: Record<string, string | string[] | undefined> }): void => {
    for (const line of (answer.headers["set-cookie"] as string[] | undefined) ?? []) jar.set(line.split("=", 1)[0] as string, line.split(";", 1)[0] as string);
  };
  const away = await get("/rp/");
  remember(away);
  assert.equal(away.status, 302, away.body);
  const back = await browse(String(away.headers["location"]));
  const signedIn = await get(`${back.pathname}${back.search}`, { Cookie: [...jar.values()].join("; ") });
  remember(signedIn);
  assert.equal(signedIn.status, 302, signedIn.body);
  const inside = await get("/rp/", { Cookie: [...jar.values()].join("; ") });
  assert.deepEqual([inside.status, inside.body], [200, "let in"]);

  const plain = await (await new App(gate).begin(false)).signIn(email);
  assert.equal((await get("/rs/", { Authorization: `Bearer ${plain.access_token}` })).status, 200);
  assert.equal((await get("/rs/", { Authorization: `Bearer ${plain.access_token.slice(0, -4)}AAAA` })).status, 401);
});

function apacheConfig(root: string, port: number, secret: string): string {
  const load = ["mpm_event", "authn_core", "authz_core", "authz_user", "unixd", "dir", "auth_openidc"].map((name) => `<IfModule !${name === "mpm_event" ? "mpm_event_module" : `${name}_module`}>\nLoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so\n</IfModule>`).join("\n");
  return `ServerRoot ${root}
PidFile ${root}/pid
ErrorLog ${root}/error.log
Listen 127.0.0.1:${port}
Listen [::1]:${port}
ServerName localhost
${load}
User www-data
Group www-data
DocumentRoot ${root}/html
DirectoryIndex index.html
OIDCProviderMetadataURL ${gate.origin}/.well-known/openid-configuration
OIDCSSLValidateServer Off
OIDCOAuthSSLValidateServer Off
OIDCClientID apache
OIDCClientSecret ${secret}
OIDCRedirectURI http://localhost:${port}/rp/back
OIDCCryptoPassphrase 0123456789abcdef0123456789abcdef
OIDCResponseType code
OIDCPKCEMethod S256
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCScope "openid email"
OIDCIDTokenSignedResponseAlg ES256
OIDCOAuthVerifyJwksUri ${gate.origin}/oauth/jwks
OIDCOAuthRemoteUserClaim sub
<Directory ${root}/html>
  AllowOverride None
  Require all granted
</Directory>
<Location /rp/>
  AuthType openid-connect
  Require valid-user
</Location>
<Location /rs/>
  AuthType oauth20
  Require valid-user
</Location>
`;
}
