import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { decodeJwt, decodeProtectedHeader } from "jose";
import * as oauth from "oauth4webapi";
import { App, oauthError } from "./app.ts";
import { email, type Outsider, startOutsider, verifierOf } from "./outsider.ts";

// What OAuth, OpenID Connect and their security advice ask for, as an outsider can check it. Each
// test names its source.
let app: Outsider["app"];
let basic: Outsider["basic"];
let gate: Outsider["gate"];
let post: Outsider["post"];

before(async () => {
  ({ app, basic, gate, post } = await startOutsider());
});
after(() => gate.close());

test("a code needs its own verifier, client and redirect (RFC 7636 4.6, RFC 6749 4.1.3)", async () => {
  const authorized = await app.authorize(email);
  assert.equal(
    await oauthError(app.redeem({ ...authorized, verifier: verifierOf().verifier })),
    "invalid_grant",
  );
  const code = authorized.parameters.get("code") ?? "";
  for (const over of [
    { redirect_uri: "https://notes.example/signed-in" },
    { code_verifier: "" },
    { client_id: "reports" },
  ]) {
    const { body } = await post("/oauth/token", {
      grant_type: "authorization_code",
      client_id: "notes-app",
      code,
      redirect_uri: "com.notes.app:/signed-in",
      code_verifier: authorized.verifier,
      ...over,
    });
    assert.match(
      String(body["error"]),
      /invalid_grant|invalid_request|invalid_client|unauthorized_client/,
      JSON.stringify(over),
    );
  }
});

test("a code is redeemed once: a second time by another ends what it gave (ASVS 10.4.2)", async () => {
  const authorized = await app.authorize(email);
  const tokens = await app.redeem(authorized);
  const other = await new App(gate).begin();
  assert.equal(await oauthError(other.redeem(authorized)), "invalid_grant");
  assert.equal(await oauthError(app.refresh(tokens.refresh_token as string)), "invalid_grant");
});

test("access tokens are RFC 9068's, for ten minutes, with what the gate and the backend need", async () => {
  const { access_token: token } = await app.signIn(email);
  const claims = decodeJwt(token);
  assert.deepEqual(
    [decodeProtectedHeader(token).typ, decodeProtectedHeader(token).alg],
    ["at+jwt", "ES256"],
  );
  for (const name of [
    "iss",
    "exp",
    "aud",
    "sub",
    "client_id",
    "iat",
    "jti",
    "scope",
    "roles",
    "acr",
    "auth_time",
    "sid",
    "device",
    "account_version",
    "generation",
    "cnf",
  ])
    assert.ok(claims[name] !== undefined, name);
  assert.equal((claims.exp as number) - (claims.iat as number), 600);
});

test("an ID token, a refresh token and another API's token open nothing (RFC 9068 4)", async () => {
  const tokens = await (await new App(gate).begin(false)).signIn(email);
  for (const bad of [tokens.id_token as string, "x".repeat(43)]) {
    const answer = await gate.fetch(`${gate.origin}/notes`, {
      headers: { Authorization: `Bearer ${bad}` },
    });
    assert.equal(answer.status, 401);
  }
  assert.equal(
    (await gate.fetch(`${gate.origin}/notes?access_token=${tokens.access_token}`)).status >= 400,
    true,
  );
  assert.equal(
    (await gate.fetch(`${gate.origin}/oauth/userinfo?access_token=${tokens.access_token}`))
      .status >= 400,
    true,
  );
});

test("scope is never widened by a refresh (RFC 6749 6)", async () => {
  const tokens = await app.signIn(email, { scope: "openid notes:read" });
  assert.equal(tokens.scope, "notes:read");
  const answer = await oauth.refreshTokenGrantRequest(
    app.as as oauth.AuthorizationServer,
    { client_id: "notes-app" },
    oauth.None(),
    tokens.refresh_token as string,
    {
      ...app.dpop,
      ...app.options,
      additionalParameters: { scope: "openid notes:read notes:write" },
    },
  );
  assert.equal(((await answer.json()) as { error?: string }).error, "invalid_scope");
});

test("a service signs in as itself, with what it was given and no more", async () => {
  const { body } = await post(
    "/oauth/token",
    { grant_type: "client_credentials", scope: "notes:read" },
    { Authorization: basic() },
  );
  const token = String(body["access_token"]);
  assert.deepEqual(
    [
      decodeJwt(token)["scope"],
      decodeJwt(token)["system"],
      decodeJwt(token)["roles"],
      decodeJwt(token).sub,
    ],
    ["notes:read", true, undefined, "client:reports"],
  );
  assert.equal(
    (
      await post(
        "/oauth/token",
        { grant_type: "client_credentials", scope: "notes:write" },
        { Authorization: basic() },
      )
    ).body["error"],
    "invalid_scope",
  );
  assert.equal(
    (
      await post(
        "/oauth/token",
        { grant_type: "client_credentials" },
        { Authorization: `Basic ${Buffer.from("reports:wrong").toString("base64")}` },
      )
    ).status,
    401,
  );
});

test("signing keys are rotated by command: new tokens by the new key, old ones valid until they end, and none when it is taken back", async () => {
  const tokens = await app.signIn(email);
  const old = String(decodeProtectedHeader(tokens.access_token).kid);
  assert.equal(gate.command("keys", "rotate", "--now").status, 0);
  await new Promise((resolve) => setTimeout(resolve, 1600));
  const renewed = await app.refresh(tokens.refresh_token as string);
  assert.notEqual(decodeProtectedHeader(renewed.access_token).kid, old);
  assert.deepEqual(
    [(await app.call("/notes", tokens)).status, (await app.call("/notes", renewed)).status],
    [200, 200],
  );
  // One key in 64 has a name that begins with a hyphen.
  const retired = gate.command("keys", "retire", "--now", "--", old);
  assert.equal(retired.status, 0, retired.error);
  await new Promise((resolve) => setTimeout(resolve, 1600));
  assert.deepEqual(
    [(await app.call("/notes", tokens)).code, (await app.call("/notes", renewed)).status],
    ["token-key-unknown", 200],
  );
});

test("nothing secret is in the records or in what the program says", async () => {
  const tokens = await app.signIn(email);
  await app.call("/notes", tokens);
  const admin = await fetch(`http://127.0.0.1:${gate.gate.adminPort}/records?most=1000`, {
    headers: { Authorization: `Bearer ${readFileSync(gate.gate.adminTokenFile, "utf8").trim()}` },
  });
  const all = `${await admin.text()}${gate.gate.said()}`;
  for (const secret of [
    tokens.access_token,
    tokens.refresh_token as string,
    tokens.id_token as string,
    "correct horse battery staple",
  ])
    assert.ok(!all.includes(secret));
});
