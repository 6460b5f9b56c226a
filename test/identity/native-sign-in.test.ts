import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { decodeJwt, exportJWK, SignJWT } from "jose";
import { App, codeNow, secretOn } from "./app.ts";
import { type IdentityGate, password, startIdentityGate } from "./identity-gate.ts";

let gate: IdentityGate;
let secret: Buffer;

before(async () => {
  gate = await startIdentityGate({ change: (policy) => `${policy.replace("- { id: notes-app, ", "- { id: notes-app, nativeSignIn: true, ").replace("apps:\n", "apps:\n  - { id: browser-app, redirectUris: [com.browser.app:/signed-in] }\n  - { id: other-app, nativeSignIn: true, redirectUris: [com.other.app:/signed-in] }\n")}\ntrustedProxies: [127.0.0.1]\n` });
  gate.addUser("plain@notes.example", "--role", "member");
  gate.addUser("two@notes.example", "--role", "member");
  secret = await setUpAuthenticator("two@notes.example");
});
after(() => gate.close());

/** On the account page, as people do. */
async function setUpAuthenticator(email: string): Promise<Buffer> {
  const app = await new App(gate).begin();
  await app.signIn(email);
  const token = (page: string): string => /name="form" value="([^"]+)"/.exec(page)?.[1] ?? "";
  const opened = await app.browser.follow(await app.browser.get(`${gate.origin}/account`), `${gate.origin}/account`);
  const page = await (await app.browser.post(opened.url, { form: token(opened.page ?? ""), intent: "begin-totp" })).text();
  const made = secretOn(page);
  await app.browser.post(opened.url, { form: token(page), intent: "add-totp", secret: /name="secret" value="([^"]+)"/.exec(page)?.[1] ?? "", code: codeNow(made, -1) });
  return made;
}

interface Challenged {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly error?: string; readonly error_description?: string; readonly auth_session?: string; readonly next?: string; readonly authorization_code?: string };
}

const verifier = randomBytes(32).toString("base64url");
const begins = { scope: "openid notes:read", code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256" };
let networks = 0;

async function proofOf(app: App, change: Readonly<Record<string, unknown>> = {}): Promise<string> {
  if (app.keys === undefined) throw new Error("the app has no key");
  return new SignJWT({ jti: randomBytes(16).toString("base64url"), htm: "POST", htu: `${gate.origin}/oauth/challenge`, ...change }).setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk: await exportJWK(app.keys.publicKey) }).setIssuedAt().sign(app.keys.privateKey);
}

/** Each from a network of its own, so that one test's guesses are not another's. */
async function challenge(app: App, fields: Readonly<Record<string, string>>, { clientId = "notes-app", proof }: { readonly clientId?: string; readonly proof?: string } = {}): Promise<Challenged> {
  networks += 1;
  const response = await gate.fetch(`${gate.origin}/oauth/challenge`, { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": `10.0.${networks >> 8}.${networks & 255}`, ...(proof === "none" ? {} : { DPoP: proof ?? (await proofOf(app)) }) }, body: new URLSearchParams({ client_id: clientId, ...fields }).toString() });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Challenged["body"] };
}

const redeem = async (app: App, code: string, own = verifier): Promise<Awaited<ReturnType<App["redeem"]>>> => app.redeem({ parameters: app.validate(new URL(`${app.redirectUri}?code=${code}&iss=${encodeURIComponent(gate.origin)}`)), verifier: own });
const installation = (): Promise<App> => new App(gate).begin();

test("an app signs somebody in on its own screen, and the tokens are like any other's", async () => {
  const app = await installation();
  assert.equal((app.as as unknown as Record<string, unknown>)["authorization_challenge_endpoint"], `${gate.origin}/oauth/challenge`);
  const asked = await challenge(app, begins);
  assert.deepEqual([asked.status, asked.body.error, asked.body.next], [403, "insufficient_authorization", "password"]);
  const given = await challenge(app, { auth_session: asked.body.auth_session ?? "", username: "plain@notes.example", password });
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
  const first = await challenge(app, { ...begins, acr_values: "mfa", username: "two@notes.example", password });
  assert.deepEqual([first.status, first.body.next], [403, "otp"]);
  const session = { auth_session: first.body.auth_session ?? "" };
  const wrong = await challenge(app, { ...session, otp: "000000" });
  assert.deepEqual([wrong.status, wrong.body.error, wrong.body.next], [403, "access_denied", "otp"]);
  assert.equal((await challenge(app, { ...session, password })).body.error, "insufficient_authorization", "the password again is no second proof");
  const right = await challenge(app, { auth_session: wrong.body.auth_session ?? "", otp: codeNow(secret) });
  assert.equal(right.status, 200);
  assert.equal((await challenge(app, { ...session, otp: codeNow(secret) })).status, 403, "the same code");
  assert.deepEqual(decodeJwt((await redeem(app, right.body.authorization_code ?? "")).access_token)["amr"], ["pwd", "otp", "mfa"]);
});

test("what needs a mailbox is asked for there, and what needs more than a code is sent to the browser", async () => {
  const app = await installation();
  const mailed = await challenge(app, { ...begins, acr_values: "mfa", username: "plain@notes.example", password });
  assert.deepEqual([mailed.status, mailed.body.error], [403, "redirect_to_web"], "setting a second factor up");
});

test("known and unknown people, and wrong passwords, are answered alike", async () => {
  const app = await installation();
  const one = await challenge(app, { ...begins, username: "plain@notes.example", password: "not the password at all" });
  const other = await challenge(app, { ...begins, username: "nobody@notes.example", password: "not the password at all" });
  const same = ({ body: { auth_session: session = "", ...rest }, status }: Challenged): unknown => [status, rest, session === ""];
  assert.deepEqual(same(one), same(other));
  assert.equal(one.body.error, "access_denied");
});

test("a session is of use to its own app and key, for ten minutes, and cannot be made up", async () => {
  const [app, thief] = [await installation(), await installation()];
  const { auth_session: session = "" } = (await challenge(app, begins)).body;
  const answer = { auth_session: session, username: "plain@notes.example", password };
  assert.equal((await challenge(thief, answer)).body.error, "invalid_session");
  assert.equal((await challenge(app, answer, { clientId: "other-app" })).body.error, "invalid_session");
  for (const made of [session.slice(0, -2), `${session}AA`, "AAAA", session.split("").toReversed().join(""), "x".repeat(9000)]) assert.equal((await challenge(app, { ...answer, auth_session: made })).body.error, "invalid_session");
  assert.equal((await challenge(app, answer)).status, 200);
});

test("the code needs the same key, its verifier and its client", async () => {
  const code = async (app: App): Promise<string> => (await challenge(app, { ...begins, username: "plain@notes.example", password })).body.authorization_code ?? "";
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
  const refusals: [string, Readonly<Record<string, string>>, { readonly clientId?: string; readonly proof?: string }][] = [
    ["invalid_client", begins, { clientId: "nobody" }],
    ["unauthorized_client", begins, { clientId: "browser-app" }],
    ["invalid_dpop_proof", begins, { proof: "none" }],
    ["invalid_dpop_proof", begins, { proof: "a.b.c" }],
    ["invalid_dpop_proof", begins, { proof: await proofOf(app, { htu: `${gate.origin}/oauth/token` }) }],
    ["invalid_dpop_proof", begins, { proof: await proofOf(app, { htm: "GET" }) }],
    ["use_dpop_nonce", begins, { proof: await proofOf(app, { nonce: "other" }) }],
    ["invalid_request", { scope: "openid", ...person }, {}],
    ["invalid_request", { ...begins, code_challenge_method: "plain", ...person }, {}],
    ["invalid_request", { ...begins, redirect_uri: "https://evil.example/", ...person }, {}],
  ];
  for (const [error, fields, how] of refusals) assert.equal((await challenge(app, fields, how)).body.error, error, JSON.stringify([fields, how.clientId]));
  const proof = await proofOf(app);
  const at = await Promise.all(Array.from({ length: 20 }, () => challenge(app, begins, { proof })));
  assert.equal(at.filter(({ body: { error } }) => error === "insufficient_authorization").length, 1, "one proof, twenty times at once");
});

test("of a thousand guesses of a second proof fewer than a hundred are judged, wherever they come from", { timeout: 60_000 }, async () => {
  const thief = await installation();
  const begun = await challenge(thief, { ...begins, username: "two@notes.example", password });
  let judged = 0;
  for (let batch = 0; batch < 10; batch += 1) {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => challenge(thief, { auth_session: begun.body.auth_session ?? "", otp: String(batch * 100 + index).padStart(6, "0") })));
    judged += answers.filter(({ body: { error } }) => error === "access_denied").length;
    assert.ok(answers.every(({ status }) => status === 403 || status === 429 || status === 503));
  }
  assert.ok(judged < 100, `${judged} guesses were judged`);
});

test("strangers who guess a password do not lock the owner's own device out, and another device waits", { timeout: 60_000 }, async () => {
  const owner = await installation();
  const signIn = (app: App): Promise<Challenged> => challenge(app, { ...begins, username: "plain@notes.example", password });
  await redeem(owner, (await signIn(owner)).body.authorization_code ?? "");
  const thief = await installation();
  let waits = 0;
  let waitSeconds = 0;
  // On until the wait is longer than what follows takes: a try that is judged in between would double it.
  for (let batch = 0; batch < 10 || waitSeconds < 3; batch += 1) {
    for (const { headers, status } of await Promise.all(Array.from({ length: 20 }, (_, index) => challenge(thief, { ...begins, username: "plain@notes.example", password: `guess number ${batch} ${index}` })))) {
      if (status === 429) waits += 1;
      waitSeconds = Number(headers.get("retry-after") ?? 0);
    }
  }
  assert.ok(waits > 100, `${waits} guesses had to wait`);
  assert.equal((await signIn(await installation())).status, 429, "a new device cannot be told from the thief's");
  assert.equal((await signIn(owner)).status, 200);
});
