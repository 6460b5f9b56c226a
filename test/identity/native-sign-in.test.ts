import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { decodeJwt } from "jose";
import { App } from "./app.ts";
import { codeNow } from "./authenticator.ts";
import { type IdentityGate, password } from "./identity-gate.ts";
import { begins, challenge, proofOf, redeem, startNativeGate } from "./native-app.ts";

let gate: IdentityGate;
let secret: Buffer;

before(async () => {
  ({ gate, secret } = await startNativeGate());
});
after(() => gate.close());

const installation = (): Promise<App> => new App(gate).begin();

test("an app signs somebody in on its own screen, and the tokens are like any other's", async () => {
  const app = await installation();
  assert.equal(
    (app.as as unknown as Record<string, unknown>)["authorization_challenge_endpoint"],
    `${gate.origin}/oauth/challenge`,
  );
  const asked = await challenge(app, begins);
  assert.deepEqual(
    [asked.status, asked.body.error, asked.body.next],
    [403, "insufficient_authorization", "password"],
  );
  const given = await challenge(app, {
    auth_session: asked.body.auth_session ?? "",
    username: "plain@notes.example",
    password,
  });
  assert.equal(given.status, 200);
  const tokens = await redeem(app, given.body.authorization_code ?? "");
  const claims = decodeJwt(tokens.access_token);
  assert.deepEqual([claims["acr"], claims["amr"], claims["scope"]], ["pwd", ["pwd"], "notes:read"]);
  assert.equal((await app.call("/notes", tokens)).status, 200);
  const again = await app.refresh(tokens.refresh_token ?? "");
  assert.equal((await app.call("/notes", again)).status, 200);
});

test("a second proof is asked for where the account has one, and a code of the authenticator counts once", async () => {
  const app = await installation();
  const first = await challenge(app, {
    ...begins,
    acr_values: "mfa",
    username: "two@notes.example",
    password,
  });
  assert.deepEqual([first.status, first.body.next], [403, "otp"]);
  const session = { auth_session: first.body.auth_session ?? "" };
  const wrong = await challenge(app, { ...session, otp: "000000" });
  assert.deepEqual(
    [wrong.status, wrong.body.error, wrong.body.next],
    [403, "access_denied", "otp"],
  );
  assert.equal(
    (await challenge(app, { ...session, password })).body.error,
    "insufficient_authorization",
    "the password again is no second proof",
  );
  const right = await challenge(app, {
    auth_session: wrong.body.auth_session ?? "",
    otp: codeNow(secret),
  });
  assert.equal(right.status, 200);
  assert.equal(
    (await challenge(app, { ...session, otp: codeNow(secret) })).status,
    403,
    "the same code",
  );
  assert.deepEqual(
    decodeJwt((await redeem(app, right.body.authorization_code ?? "")).access_token)["amr"],
    ["pwd", "otp", "mfa"],
  );
});

test("what needs a mailbox is asked for there, and what needs more than a code is sent to the browser", async () => {
  const app = await installation();
  const mailed = await challenge(app, {
    ...begins,
    acr_values: "mfa",
    username: "plain@notes.example",
    password,
  });
  assert.deepEqual(
    [mailed.status, mailed.body.error],
    [403, "redirect_to_web"],
    "setting a second factor up",
  );
});

test("a session is of use to its own app and key, for ten minutes, and cannot be made up", async () => {
  const [app, thief] = [await installation(), await installation()];
  const { auth_session: session = "" } = (await challenge(app, begins)).body;
  const answer = { auth_session: session, username: "plain@notes.example", password };
  assert.equal((await challenge(thief, answer)).body.error, "invalid_session");
  assert.equal(
    (await challenge(app, answer, { clientId: "other-app" })).body.error,
    "invalid_session",
  );
  for (const made of [
    session.slice(0, -2),
    `${session}AA`,
    "AAAA",
    session.split("").toReversed().join(""),
    "x".repeat(9000),
  ])
    assert.equal(
      (await challenge(app, { ...answer, auth_session: made })).body.error,
      "invalid_session",
    );
  assert.equal((await challenge(app, answer)).status, 200);
});

test("the code needs the same key, its verifier and its client", async () => {
  const code = async (app: App): Promise<string> =>
    (await challenge(app, { ...begins, username: "plain@notes.example", password })).body
      .authorization_code ?? "";
  const [app, thief] = [await installation(), await installation()];
  await assert.rejects(redeem(thief, await code(app)));
  await assert.rejects(redeem(app, await code(app), randomBytes(32).toString("base64url")));
  const one = await code(app);
  await redeem(app, one);
  await assert.rejects(redeem(thief, one), "a second time by another");
});

test("what is not a well-formed request of a client that may ask is refused by name", async () => {
  const app = await installation();
  const person = { username: "plain@notes.example", password };
  const refusals: [
    string,
    Readonly<Record<string, string>>,
    { readonly clientId?: string; readonly proof?: string },
  ][] = [
    ["invalid_client", begins, { clientId: "nobody" }],
    ["unauthorized_client", begins, { clientId: "browser-app" }],
    ["invalid_dpop_proof", begins, { proof: "none" }],
    ["invalid_dpop_proof", begins, { proof: "a.b.c" }],
    [
      "invalid_dpop_proof",
      begins,
      { proof: await proofOf(app, { htu: `${gate.origin}/oauth/token` }) },
    ],
    ["invalid_dpop_proof", begins, { proof: await proofOf(app, { htm: "GET" }) }],
    ["use_dpop_nonce", begins, { proof: await proofOf(app, { nonce: "other" }) }],
    ["invalid_request", { scope: "openid", ...person }, {}],
    ["invalid_request", { ...begins, code_challenge_method: "plain", ...person }, {}],
    ["invalid_request", { ...begins, redirect_uri: "https://evil.example/", ...person }, {}],
  ];
  for (const [error, fields, how] of refusals)
    assert.equal(
      (await challenge(app, fields, how)).body.error,
      error,
      JSON.stringify([fields, how.clientId]),
    );
  const proof = await proofOf(app);
  const at = await Promise.all(Array.from({ length: 20 }, () => challenge(app, begins, { proof })));
  assert.equal(
    at.filter(({ body: { error } }) => error === "insufficient_authorization").length,
    1,
    "one proof, twenty times at once",
  );
});
