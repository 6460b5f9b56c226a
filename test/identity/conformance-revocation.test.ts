import assert from "node:assert/strict";
import { createSign, generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";
import { oauthError } from "./app.ts";
import { email, type Outsider, startOutsider } from "./outsider.ts";

// What OAuth, OpenID Connect and their security advice ask for, as an outsider can check it. Each
// test names its source.
let app: Outsider["app"];
let basic: Outsider["basic"];
let basicOfOther: Outsider["basicOfOther"];
let gate: Outsider["gate"];
let post: Outsider["post"];

before(async () => {
  ({ app, basic, basicOfOther, gate, post } = await startOutsider());
});
after(() => gate.close());

test("revocation is for the client's own tokens, knows JWTs, says 200 to anything, and is felt at the gate (RFC 7009)", async () => {
  const tokens = await app.signIn(email);
  assert.equal(
    (await post("/oauth/revoke", { client_id: "notes-app", token: "unknown" })).status,
    200,
  );
  assert.equal(
    (await post("/oauth/revoke", { token: tokens.access_token }, { Authorization: basic() }))
      .status,
    200,
  );
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal(
    (await app.call("/notes", tokens)).status,
    200,
    "another client's revocation does nothing",
  );
  assert.equal(
    (await post("/oauth/revoke", { client_id: "notes-app", token: tokens.access_token })).status,
    200,
  );
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal((await app.call("/notes", tokens)).code, "token-revoked");
  const others = await app.signIn(email);
  assert.equal(
    (await post("/oauth/revoke", { client_id: "notes-app", token: others.refresh_token as string }))
      .status,
    200,
  );
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal((await app.call("/notes", others)).code, "token-revoked");
  assert.equal(await oauthError(app.refresh(others.refresh_token as string)), "invalid_grant");
});

test("a client learns of tokens for its own API and of its own tokens, and of nobody else's (RFC 7662 section 4)", async () => {
  const active = async (token: string, authorization: string): Promise<unknown> =>
    (await post("/oauth/introspect", { token }, { Authorization: authorization })).body;
  const tokens = await app.signIn(email);
  for (const token of [tokens.access_token, tokens.refresh_token as string])
    assert.deepEqual(await active(token, basicOfOther()), { active: false });
  assert.deepEqual(await active(tokens.refresh_token as string, basic()), { active: false });
  const { body: own } = await post(
    "/oauth/token",
    { grant_type: "client_credentials", scope: "notes:read" },
    { Authorization: basicOfOther() },
  );
  const given = (await active(String(own["access_token"]), basicOfOther())) as object;
  assert.equal((given as { active?: unknown }).active, true);
});

test("introspection is for clients that prove who they are, and foreign tokens are not active (RFC 7662)", async () => {
  const tokens = await app.signIn(email);
  assert.equal((await post("/oauth/introspect", { token: tokens.access_token })).status, 400);
  assert.deepEqual(
    (await post("/oauth/introspect", { client_id: "notes-app", token: tokens.access_token })).body,
    { active: false },
  );
  const { body } = await post(
    "/oauth/introspect",
    { token: tokens.access_token },
    { Authorization: basic() },
  );
  assert.deepEqual(
    [body["active"], body["client_id"], body["token_type"]],
    [true, "notes-app", "DPoP"],
  );
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [header = "", payload = ""] = tokens.access_token.split(".");
  const signature = createSign("sha256")
    .update(`${header}.${payload}`)
    .sign({ key: other.privateKey, dsaEncoding: "ieee-p1363" });
  const forged = `${header}.${payload}.${signature.toString("base64url")}`;
  assert.deepEqual(
    (await post("/oauth/introspect", { token: forged }, { Authorization: basic() })).body,
    { active: false },
  );
  await post("/oauth/revoke", { client_id: "notes-app", token: tokens.access_token });
  assert.deepEqual(
    (await post("/oauth/introspect", { token: tokens.access_token }, { Authorization: basic() }))
      .body,
    { active: false },
  );
});

test("a refresh token of another client is left alone, whoever proves who they are (RFC 7009 2.1)", async () => {
  const token = (await app.signIn(email)).refresh_token as string;
  for (const headers of [{ Authorization: basic() }, {}])
    await post("/oauth/revoke", { client_id: "reports", token }, headers);
  const renewed = await app.refresh(token);
  assert.equal((await app.call("/notes", renewed)).status, 200);
});
