import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from "jose";
import { App, formTokenOf } from "./app.ts";
import { type IdentityGate, password, startIdentityGate } from "./identity-gate.ts";

/** Another OpenID provider, small and obedient to the test: it says whatever `claims` says. */
interface Elsewhere {
  readonly issuer: string;
  claims: Record<string, unknown>;
  /** Spoils what it would answer. */
  spoil: (token: Record<string, unknown>) => Record<string, unknown>;
  close(): void;
}

async function startElsewhere(): Promise<Elsewhere> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "e", alg: "ES256", use: "sig" };
  const nonces = new Map<string, string>();
  const made: Elsewhere = { issuer: "", claims: {}, spoil: (token) => token, close: () => void server.close() };
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", made.issuer);
    const json = (value: unknown): void => void response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(value));
    if (url.pathname === "/.well-known/openid-configuration") return json({ issuer: made.issuer, authorization_endpoint: `${made.issuer}/authorize`, token_endpoint: `${made.issuer}/token`, jwks_uri: `${made.issuer}/jwks`, response_types_supported: ["code"], subject_types_supported: ["public"], id_token_signing_alg_values_supported: ["ES256"] });
    if (url.pathname === "/jwks") return json({ keys: [jwk] });
    if (url.pathname === "/authorize") {
      const code = crypto.randomUUID();
      nonces.set(code, url.searchParams.get("nonce") ?? "");
      const back = new URL(url.searchParams.get("redirect_uri") ?? "");
      back.searchParams.set("code", code);
      back.searchParams.set("state", url.searchParams.get("state") ?? "");
      return void response.writeHead(302, { Location: back.href }).end();
    }
    let body = "";
    request.on("data", (part: Buffer) => (body += String(part))).on("end", () => {
      const nonce = nonces.get(new URLSearchParams(body).get("code") ?? "");
      const payload = made.spoil({ iss: made.issuer, aud: "here", nonce, ...made.claims });
      void new SignJWT(payload).setProtectedHeader({ alg: "ES256", kid: "e" }).setIssuedAt().setExpirationTime("5m").sign(privateKey).then((token) => json({ access_token: "a", token_type: "Bearer", id_token: token }));
    });
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  Object.assign(made, { issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  return made;
}

let gate: IdentityGate;
let elsewhere: Elsewhere;

before(async () => {
  elsewhere = await startElsewhere();
  gate = await startIdentityGate({ change: (policy) => policy.replace("roles: [member] }", `roles: [member] }\n  providers: [{ id: elsewhere, title: Elsewhere, issuer: "${elsewhere.issuer}", clientId: here }]`) });
});
after(() => {
  elsewhere.close();
  gate.close();
});

interface Came {
  readonly app: App;
  readonly verifier: string;
  readonly left?: URL | undefined;
  readonly page: string;
  readonly url: string;
}

/** Leaves for the provider and comes back. */
async function comeFrom(tamper: (back: URL) => string = (back) => back.href, app?: App): Promise<Came> {
  const own = app ?? (await new App(gate).begin());
  const { url, verifier } = await own.authorizationUrl(app === undefined ? {} : { prompt: "login" });
  const first = await own.browser.follow(await own.browser.get(url), url);
  const away = await own.browser.follow(await own.browser.post(first.url, { form: formTokenOf(first.page ?? ""), intent: "provider:elsewhere" }), first.url);
  assert.ok(away.left?.href.startsWith(elsewhere.issuer) === true, away.page ?? "");
  const answer = await fetch(away.left?.href ?? "", { redirect: "manual" });
  const back = tamper(new URL(answer.headers.get("location") as string));
  const { left, page = "", url: at } = await own.browser.follow(await own.browser.get(back), back);
  return { app: own, verifier, page, url: at, ...(left === undefined ? {} : { left }) };
}

test("somebody from elsewhere gets an account by issuer and subject, and the same one the next time", async () => {
  elsewhere.claims = { sub: "e-1", email: "new@notes.example", email_verified: true };
  const one = await comeFrom();
  const tokens = await one.app.redeem({ parameters: one.app.validate(one.left as URL), verifier: one.verifier });
  assert.deepEqual([decodeJwt(tokens.access_token)["amr"], decodeJwt(tokens.access_token)["roles"]], [["fed"], ["member"]]);
  elsewhere.claims = { sub: "e-1", email: "changed@notes.example", email_verified: true };
  const two = await comeFrom();
  const again = await two.app.redeem({ parameters: two.app.validate(two.left as URL), verifier: two.verifier });
  assert.equal(decodeJwt(again.access_token).sub, decodeJwt(tokens.access_token).sub);
});

test("an address is no proof: who has it elsewhere, verified or not, does not get the account that has it here", async () => {
  const id = gate.addUser("owned@notes.example", "--role", "member");
  for (const verified of [true, false]) {
    elsewhere.claims = { sub: `thief-${verified}`, email: "owned@notes.example", email_verified: verified };
    const { left, page } = await comeFrom();
    if (verified) {
      assert.equal(left, undefined);
      assert.match(page, /not connected to an account/);
    } else assert.ok(left !== undefined, "an unverified address is ignored: a new account without it");
  }
  elsewhere.claims = { sub: "owner", email: "owned@notes.example", email_verified: true };
  const came = await comeFrom();
  const sent = await came.app.browser.post(came.url, { form: formTokenOf(came.page), intent: "password", email: "owned@notes.example", password });
  const { left } = await came.app.browser.follow(sent, came.url);
  const tokens = await came.app.redeem({ parameters: came.app.validate(left as URL), verifier: came.verifier });
  assert.equal(decodeJwt(tokens.access_token).sub, id);
  const linked = await comeFrom();
  const next = await linked.app.redeem({ parameters: linked.app.validate(linked.left as URL), verifier: linked.verifier });
  assert.equal(decodeJwt(next.access_token).sub, id, "connected by the owner's own password");
});

test("an answer that is not to what was asked is refused: state, nonce, audience, issuer, another browser", async () => {
  elsewhere.claims = { sub: "e-9", email: "nine@notes.example", email_verified: true };
  const fails = async (work: Promise<Came>): Promise<void> => {
    const { left, page } = await work;
    assert.equal(left, undefined);
    assert.match(page, /did not match|expired/);
  };
  await fails(comeFrom((back) => (back.searchParams.set("state", "other"), back.href)));
  for (const spoil of [{ nonce: "other" }, { aud: "somebody" }, { iss: "https://evil.example" }, { nonce: undefined }]) {
    elsewhere.spoil = (token) => ({ ...token, ...spoil });
    await fails(comeFrom());
  }
  elsewhere.spoil = (token) => token;
  let stolen = "";
  await comeFrom((back) => ((stolen = back.href), `${gate.origin}/sign-in/style.css`));
  const stranger = await new App(gate).begin();
  const { left, page = "" } = await stranger.browser.follow(await stranger.browser.get(stolen), stolen);
  assert.equal(left, undefined);
  assert.match(page, /expired/);
});
