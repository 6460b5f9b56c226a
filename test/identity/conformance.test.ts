import assert from "node:assert/strict";
import { createHash, createSign, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { decodeJwt, decodeProtectedHeader } from "jose";
import * as oauth from "oauth4webapi";
import { App, Browser, oauthError, type Tokens } from "./app.ts";
import { type IdentityGate, startIdentityGate } from "./identity-gate.ts";

// What OAuth, OpenID Connect and their security advice ask for, as an outsider can check it. Each test names its source.
let gate: IdentityGate;
let app: App;
const email = "ann@notes.example";
let serviceSecret = "";

before(async () => {
  gate = await startIdentityGate();
  gate.addUser(email, "--role", "member");
  serviceSecret = (JSON.parse(gate.command("clients", "add", "reports", "--kind", "service", "--secret", "--scope", "notes:read", "--json").out) as { secret: string }).secret;
  await new Promise((resolve) => setTimeout(resolve, 1200));
  app = await new App(gate).begin();
});
after(() => gate.close());

const verifierOf = (): { verifier: string; challenge: string } => {
  const verifier = oauth.generateRandomCodeVerifier();
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
};
const query = (over: Readonly<Record<string, string | undefined>>): string => {
  const whole: Record<string, string | undefined> = { client_id: "notes-app", redirect_uri: "com.notes.app:/signed-in", response_type: "code", scope: "openid", state: "s", code_challenge: verifierOf().challenge, code_challenge_method: "S256", ...over };
  return new URLSearchParams(Object.entries(whole).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))).toString();
};
const authorize = (over: Readonly<Record<string, string | undefined>>): Promise<Response> => gate.fetch(`${gate.origin}/oauth/authorize?${query(over)}`);
const post = async (path: string, fields: string | Readonly<Record<string, string>>, headers: Record<string, string> = {}): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> => {
  const answer = await gate.fetch(`${gate.origin}${path}`, { method: "POST", body: typeof fields === "string" ? fields : new URLSearchParams(fields).toString(), headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers } });
  return { status: answer.status, headers: answer.headers, body: (await answer.json().catch(() => ({}))) as Record<string, unknown> };
};
const basic = (): string => `Basic ${Buffer.from(`reports:${serviceSecret}`).toString("base64")}`;

test("redirect addresses are compared to the letter, and none that is not registered is ever followed (RFC 9700 2.1, 4.11.2)", async () => {
  const tricks = ["com.notes.app:/signed-in/", "com.notes.app:/Signed-in", "com.notes.app:/signed-in?x=1", "com.notes.app:/signed-in#f", "com.notes.app:/x/../signed-in", "com.notes.app://signed-in", "https://notes.example/signed-in/", "https://notes.example/signed-in?a=b", "https://notes.example:444/signed-in", "https://notes.example.evil.example/signed-in", "https://evil.example\\@notes.example/signed-in", "https://user@notes.example/signed-in", "https://notes.example/%73igned-in", "https://notes.example/../signed-in", "http://notes.example/signed-in", "https://NOTES.example/signed-in/.", "http://127.0.0.1:1234/other", "http://localhost/signed-in", "http://127.0.0.1.evil.example/signed-in", "javascript:alert(1)", "data:text/html,x", ""];
  for (const redirect of tricks) {
    const answer = await authorize({ redirect_uri: redirect });
    assert.equal(answer.status, 400, redirect);
    assert.equal(answer.headers.get("location"), null, redirect);
  }
  for (const redirect of ["com.notes.app:/signed-in", "https://notes.example/signed-in", "http://127.0.0.1:54321/signed-in", "http://127.0.0.1/signed-in"]) assert.equal((await authorize({ redirect_uri: redirect })).status, 303, redirect);
  assert.equal((await authorize({ client_id: "nobody" })).headers.get("location"), null);
});

test("PKCE is needed, by S256 alone (RFC 9700 2.1.1)", async () => {
  for (const over of [{ code_challenge: undefined, code_challenge_method: undefined }, { code_challenge_method: "plain" }, { code_challenge_method: undefined }, { code_challenge: "short" }]) {
    const location = (await authorize(over)).headers.get("location") ?? "";
    assert.match(location, /[?&]error=invalid_request/, JSON.stringify(over));
    assert.match(location, /[?&]iss=https/, "RFC 9207: iss in errors too");
  }
});

test("a code needs its own verifier, client and redirect (RFC 7636 4.6, RFC 6749 4.1.3)", async () => {
  const authorized = await app.authorize(email);
  assert.equal(await oauthError(app.redeem({ ...authorized, verifier: verifierOf().verifier })), "invalid_grant");
  const code = authorized.parameters.get("code") ?? "";
  for (const over of [{ redirect_uri: "https://notes.example/signed-in" }, { code_verifier: "" }, { client_id: "reports" }]) {
    const { body } = await post("/oauth/token", { grant_type: "authorization_code", client_id: "notes-app", code, redirect_uri: "com.notes.app:/signed-in", code_verifier: authorized.verifier, ...over });
    assert.match(String(body["error"]), /invalid_grant|invalid_request|invalid_client|unauthorized_client/, JSON.stringify(over));
  }
});

test("a code is redeemed once: a second time by another ends what it gave (ASVS 10.4.2)", async () => {
  const authorized = await app.authorize(email);
  const tokens = await app.redeem(authorized);
  const other = await new App(gate).begin();
  assert.equal(await oauthError(other.redeem(authorized)), "invalid_grant");
  assert.equal(await oauthError(app.refresh(tokens.refresh_token as string)), "invalid_grant");
});

test("nothing is implicit, and nobody sends a password to the token endpoint (RFC 9700 2.1.2, 2.4)", async () => {
  for (const type of ["token", "id_token", "code id_token", "none"]) assert.match((await authorize({ response_type: type, nonce: "n" })).headers.get("location") ?? "error=", /error=/, type);
  assert.equal((await post("/oauth/token", { grant_type: "password", client_id: "notes-app", username: email, password: "x" })).body["error"], "unsupported_grant_type");
  const metadata = app.as as unknown as Record<string, string[]>;
  assert.deepEqual(metadata["response_types_supported"], ["code"]);
  assert.deepEqual(metadata["code_challenge_methods_supported"], ["S256"]);
  assert.ok(!metadata["grant_types_supported"]?.includes("implicit") && !metadata["grant_types_supported"]?.includes("password"));
});

test("the answer names its issuer, the metadata says so, and both well-known places agree (RFC 9207, RFC 8414)", async () => {
  const { parameters } = await app.authorize(email);
  assert.equal(parameters.get("iss"), gate.origin);
  const [one, two] = await Promise.all(["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"].map(async (path) => (await (await gate.fetch(`${gate.origin}${path}`)).json()) as Record<string, unknown>));
  assert.deepEqual(one, two);
  assert.deepEqual([one?.["issuer"], one?.["authorization_response_iss_parameter_supported"]], [gate.origin, true]);
});

test("the host a caller names is in no link (host-header poisoning)", async () => {
  const answer = await gate.fetch(`${gate.origin}/.well-known/openid-configuration`, { headers: { "X-Forwarded-Host": "evil.example", Forwarded: "host=evil.example", "X-Original-URL": "/x" } });
  assert.ok(!(await answer.text()).includes("evil.example"));
});

test("sign-in answers with 303, so that no form is sent twice (RFC 9700 4.12), and without CORS (2.6)", async () => {
  const answer = await gate.fetch(`${gate.origin}/oauth/authorize?${query({})}`, { headers: { Origin: "https://evil.example" } });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("access-control-allow-origin"), null);
});

test("pushed requests are bound to their client, used once and not nested (RFC 9126)", async () => {
  const { status, body } = await post("/oauth/par", query({}));
  assert.equal(status, 201);
  const uri = String(body["request_uri"]);
  assert.equal((await gate.fetch(`${gate.origin}/oauth/authorize?${new URLSearchParams({ client_id: "notes-app", request_uri: uri }).toString()}`)).status, 303);
  assert.equal((await gate.fetch(`${gate.origin}/oauth/authorize?${new URLSearchParams({ client_id: "portcullis-account", request_uri: uri }).toString()}`)).status, 400);
  assert.equal((await post("/oauth/par", query({ request_uri: uri }))).body["error"], "request_uri_not_supported");
  assert.equal((await post("/oauth/par", `${query({})}&client_id=other`)).body["error"], "invalid_request");
  assert.equal((await gate.fetch(`${gate.origin}/oauth/par`)).status, 405);
});

test("a type of authorization_details that nobody here understands is refused, pushed or not (RFC 9396 5)", async () => {
  const details = JSON.stringify([{ type: "payment_initiation", actions: ["initiate"] }]);
  const { url } = await app.authorizationUrl({ authorization_details: details });
  const { left } = await app.browser.follow(await app.browser.get(url), url);
  assert.equal(left?.searchParams.get("error"), "invalid_authorization_details");
  const pushed = await gate.fetch(`${gate.origin}/oauth/par`, { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: new URL(url).searchParams.toString() });
  assert.equal(((await pushed.json()) as { error: string }).error, "invalid_authorization_details");
});

test("a parameter that is there twice is refused (RFC 6749 3.1)", async () => {
  const answer = await gate.fetch(`${gate.origin}/oauth/authorize?${query({})}&redirect_uri=https://evil.example`);
  assert.equal(answer.status, 400);
  assert.equal(answer.headers.get("location"), null);
  assert.equal((await post("/oauth/token", "grant_type=refresh_token&refresh_token=a&refresh_token=b&client_id=notes-app")).body["error"], "invalid_request");
});

test("access tokens are RFC 9068's, for ten minutes, with what the gate and the backend need", async () => {
  const { access_token: token } = await app.signIn(email);
  const claims = decodeJwt(token);
  assert.deepEqual([decodeProtectedHeader(token).typ, decodeProtectedHeader(token).alg], ["at+jwt", "ES256"]);
  for (const name of ["iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope", "roles", "acr", "auth_time", "sid", "device", "account_version", "generation", "cnf"]) assert.ok(claims[name] !== undefined, name);
  assert.equal((claims.exp as number) - (claims.iat as number), 600);
});

test("an ID token, a refresh token and another API's token open nothing (RFC 9068 4)", async () => {
  const tokens = await (await new App(gate).begin(false)).signIn(email);
  for (const bad of [tokens.id_token as string, "x".repeat(43)]) {
    const answer = await gate.fetch(`${gate.origin}/notes`, { headers: { Authorization: `Bearer ${bad}` } });
    assert.equal(answer.status, 401);
  }
  assert.equal((await gate.fetch(`${gate.origin}/notes?access_token=${tokens.access_token}`)).status >= 400, true);
  assert.equal((await gate.fetch(`${gate.origin}/oauth/userinfo?access_token=${tokens.access_token}`)).status >= 400, true);
});

test("scope is never widened by a refresh (RFC 6749 6)", async () => {
  const tokens = await app.signIn(email, { scope: "openid notes:read" });
  assert.equal(tokens.scope, "notes:read");
  const answer = await oauth.refreshTokenGrantRequest(app.as as oauth.AuthorizationServer, { client_id: "notes-app" }, oauth.None(), tokens.refresh_token as string, { ...app.dpop, ...app.options, additionalParameters: { scope: "openid notes:read notes:write" } });
  assert.equal(((await answer.json()) as { error?: string }).error, "invalid_scope");
});

test("a bound token needs its proof at the gate: as Bearer, without one, by another key, replayed (RFC 9449 7)", async () => {
  const tokens = await app.signIn(email);
  const at = `${gate.origin}/notes`;
  const codeOf = async (headers: Record<string, string>, url = at): Promise<string> => ((await (await gate.fetch(url, { headers })).json()) as { code?: string }).code ?? "passed";
  assert.equal(await codeOf({ Authorization: `Bearer ${tokens.access_token}` }), "proof-missing");
  assert.equal(await codeOf({ Authorization: `DPoP ${tokens.access_token}` }), "proof-missing");
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const stranger = proof(pair, tokens, at);
  assert.equal(await codeOf({ Authorization: `DPoP ${tokens.access_token}`, DPoP: stranger }), "proof-invalid");

  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const mine = await signInWithPlainKey(own);
  const good = proof(own, mine, at);
  assert.equal(await codeOf({ Authorization: `DPoP ${mine.access_token}`, DPoP: good }), "passed");
  assert.equal(await codeOf({ Authorization: `DPoP ${mine.access_token}`, DPoP: good }), "proof-replayed");
  assert.equal(await codeOf({ Authorization: `DPoP ${mine.access_token}`, DPoP: proof(own, mine, `${gate.origin}/admin`) }), "proof-invalid");
  const fifty = proof(own, mine, at);
  const answers = await Promise.all(Array.from({ length: 50 }, () => codeOf({ Authorization: `DPoP ${mine.access_token}`, DPoP: fifty })));
  assert.equal(answers.filter((one) => one === "passed").length, 1);
  assert.equal(answers.filter((one) => one === "proof-replayed").length, 49);
  const late = await gate.fetch(at, { headers: { Authorization: `DPoP ${mine.access_token}`, DPoP: proof(own, mine, at, { iat: Math.floor(Date.now() / 1000) - 3600 }) } });
  assert.equal(((await late.json()) as { code: string }).code, "proof-nonce-needed");
  assert.match(late.headers.get("www-authenticate") ?? "", /use_dpop_nonce/);
  const nonce = late.headers.get("dpop-nonce") ?? "";
  assert.equal(await codeOf({ Authorization: `DPoP ${mine.access_token}`, DPoP: proof(own, mine, at, { iat: Math.floor(Date.now() / 1000) - 3600, nonce }) }), "passed");
});

interface PlainPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function proof({ privateKey, publicKey }: PlainPair, tokens: Pick<Tokens, "access_token"> | undefined, htu: string, over: Readonly<Record<string, unknown>> = {}, htm = "GET"): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ typ: "dpop+jwt", alg: "ES256", jwk: publicKey.export({ format: "jwk" }) })}.${part({ jti: randomUUID(), htm, htu, iat: Math.floor(Date.now() / 1000), ...(tokens === undefined ? {} : { ath: createHash("sha256").update(tokens.access_token).digest("base64url") }), ...over })}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

async function signInWithPlainKey(pair: PlainPair): Promise<Tokens> {
  const plain = await new App(gate).begin(false);
  const { parameters, verifier } = await plain.authorize(email);
  const { body, status } = await post("/oauth/token", { grant_type: "authorization_code", client_id: "notes-app", code: parameters.get("code") ?? "", redirect_uri: plain.redirectUri, code_verifier: verifier }, { DPoP: proof(pair, undefined, `${gate.origin}/oauth/token`, {}, "POST") });
  assert.equal(status, 200, JSON.stringify(body));
  return body as unknown as Tokens;
}

test("a proof dated ahead is not taken again when the memory would have ended (RFC 9449 11.1)", async () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const refresh = (await signInWithPlainKey(pair)).refresh_token as string;
  const ahead = proof(pair, undefined, `${gate.origin}/oauth/token`, { iat: Math.floor(Date.now() / 1000) + 290 }, "POST");
  const fields = { grant_type: "refresh_token", client_id: "notes-app", refresh_token: refresh };
  const first = await post("/oauth/token", fields, { DPoP: ahead });
  assert.equal(first.status, 200);
  const again = await post("/oauth/token", { ...fields, refresh_token: String(first.body["refresh_token"]) }, { DPoP: ahead });
  assert.equal(again.status, 400);
});

test("one proof at the token endpoint, fifty times at once, is taken once", async () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const refresh = (await signInWithPlainKey(pair)).refresh_token as string;
  const one = proof(pair, undefined, `${gate.origin}/oauth/token`, {}, "POST");
  const answers = await Promise.all(Array.from({ length: 50 }, () => post("/oauth/token", { grant_type: "refresh_token", client_id: "notes-app", refresh_token: refresh }, { DPoP: one })));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
});

test("revocation is for the client's own tokens, knows JWTs, says 200 to anything, and is felt at the gate (RFC 7009)", async () => {
  const tokens = await app.signIn(email);
  assert.equal((await post("/oauth/revoke", { client_id: "notes-app", token: "unknown" })).status, 200);
  assert.equal((await post("/oauth/revoke", { token: tokens.access_token }, { Authorization: basic() })).status, 200);
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal((await app.call("/notes", tokens)).status, 200, "another client's revocation does nothing");
  assert.equal((await post("/oauth/revoke", { client_id: "notes-app", token: tokens.access_token })).status, 200);
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal((await app.call("/notes", tokens)).code, "token-revoked");
  const others = await app.signIn(email);
  assert.equal((await post("/oauth/revoke", { client_id: "notes-app", token: others.refresh_token as string })).status, 200);
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal((await app.call("/notes", others)).code, "token-revoked");
  assert.equal(await oauthError(app.refresh(others.refresh_token as string)), "invalid_grant");
});

test("introspection is for clients that prove who they are, and foreign tokens are not active (RFC 7662)", async () => {
  const tokens = await app.signIn(email);
  assert.equal((await post("/oauth/introspect", { token: tokens.access_token })).status, 400);
  assert.deepEqual((await post("/oauth/introspect", { client_id: "notes-app", token: tokens.access_token })).body, { active: false });
  const { body } = await post("/oauth/introspect", { token: tokens.access_token }, { Authorization: basic() });
  assert.deepEqual([body["active"], body["client_id"], body["token_type"]], [true, "notes-app", "DPoP"]);
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [header = "", payload = ""] = tokens.access_token.split(".");
  const forged = `${header}.${payload}.${createSign("sha256").update(`${header}.${payload}`).sign({ key: other.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  assert.deepEqual((await post("/oauth/introspect", { token: forged }, { Authorization: basic() })).body, { active: false });
  await post("/oauth/revoke", { client_id: "notes-app", token: tokens.access_token });
  assert.deepEqual((await post("/oauth/introspect", { token: tokens.access_token }, { Authorization: basic() })).body, { active: false });
});

test("a service signs in as itself, with what it was given and no more", async () => {
  const { body } = await post("/oauth/token", { grant_type: "client_credentials", scope: "notes:read" }, { Authorization: basic() });
  const token = String(body["access_token"]);
  assert.deepEqual([decodeJwt(token)["scope"], decodeJwt(token)["system"], decodeJwt(token)["roles"], decodeJwt(token).sub], ["notes:read", true, undefined, "client:reports"]);
  assert.equal((await post("/oauth/token", { grant_type: "client_credentials", scope: "notes:write" }, { Authorization: basic() })).body["error"], "invalid_scope");
  assert.equal((await post("/oauth/token", { grant_type: "client_credentials" }, { Authorization: `Basic ${Buffer.from("reports:wrong").toString("base64")}` })).status, 401);
});

test("a session's name is new after every sign-in, and its cookie is out of scripts' reach (ASVS 7.2.4)", async () => {
  const browser = new Browser(gate);
  const names: string[] = [];
  for (let count = 0; count < 2; count += 1) {
    await (await new App(gate, "notes-app", browser).begin()).authorize(email, { prompt: "login" });
    names.push(browser.cookies.get("__Host-session")?.value ?? "");
  }
  assert.ok(names[0] !== "" && names[0] !== names[1]);
});

test("sign-out leads only where the client may lead (open redirects)", async () => {
  const tokens = await app.signIn(email);
  const answer = await gate.fetch(`${gate.origin}/oauth/sign-out?${new URLSearchParams({ id_token_hint: tokens.id_token as string, post_logout_redirect_uri: "https://evil.example" }).toString()}`);
  assert.equal(answer.status, 400);
  assert.equal(answer.headers.get("location"), null);
});

test("signing keys are rotated by command: new tokens by the new key, old ones valid until they end, and none when it is taken back", async () => {
  const tokens = await app.signIn(email);
  const old = String(decodeProtectedHeader(tokens.access_token).kid);
  assert.equal(gate.command("keys", "rotate", "--now").status, 0);
  await new Promise((resolve) => setTimeout(resolve, 1600));
  const renewed = await app.refresh(tokens.refresh_token as string);
  assert.notEqual(decodeProtectedHeader(renewed.access_token).kid, old);
  assert.deepEqual([(await app.call("/notes", tokens)).status, (await app.call("/notes", renewed)).status], [200, 200]);
  assert.equal(gate.command("keys", "retire", old, "--now").status, 0);
  await new Promise((resolve) => setTimeout(resolve, 1600));
  assert.deepEqual([(await app.call("/notes", tokens)).code, (await app.call("/notes", renewed)).status], ["token-key-unknown", 200]);
});

test("nothing secret is in the records or in what the program says", async () => {
  const tokens = await app.signIn(email);
  await app.call("/notes", tokens);
  const admin = await fetch(`http://127.0.0.1:${gate.gate.adminPort}/records?most=1000`, { headers: { Authorization: `Bearer ${readFileSync(gate.gate.adminTokenFile, "utf8").trim()}` } });
  const all = `${await admin.text()}${gate.gate.said()}`;
  for (const secret of [tokens.access_token, tokens.refresh_token as string, tokens.id_token as string, "correct horse battery staple"]) assert.ok(!all.includes(secret));
});
