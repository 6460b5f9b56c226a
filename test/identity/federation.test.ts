import assert from "node:assert/strict";
import { after, before } from "node:test";
import { decodeJwt, exportPKCS8, generateKeyPair, jwtVerify } from "jose";
import { App } from "./app.ts";
import { formTokenOf } from "./browser.ts";
import { test } from "../parts/test.ts";
import { type Elsewhere, startElsewhere } from "./elsewhere.ts";
import { type IdentityGate, password, startIdentityGate } from "./identity-gate.ts";

let gate: IdentityGate;
let elsewhere: Elsewhere;
let applePublicKey: CryptoKey;

before(async () => {
  elsewhere = await startElsewhere();
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  applePublicKey = publicKey;
  gate = await startIdentityGate({
    environment: { APPLE_KEY: await exportPKCS8(privateKey) },
    change: (policy) =>
      policy.replace(
        "roles: [member] }",
        [
          "roles: [member] }",
          "  providers:",
          `    - { id: elsewhere, title: Elsewhere, issuer: "${elsewhere.issuer}", clientId: here }`,
          `    - id: apple`,
          `      title: Apple`,
          `      issuer: "${elsewhere.issuer}"`,
          `      clientId: here`,
          `      apple: { teamId: TEAM123456, keyId: KEY1234567, key: { env: APPLE_KEY } }`,
        ].join("\n"),
      ),
  });
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
async function comeFrom(
  tamper: (back: URL) => string = (back) => back.href,
  app?: App,
): Promise<Came> {
  const own = app ?? (await new App(gate).begin());
  const { url, verifier } = await own.authorizationUrl(
    app === undefined ? {} : { prompt: "login" },
  );
  const first = await own.browser.follow(await own.browser.get(url), url);
  const away = await own.browser.follow(
    await own.browser.post(first.url, {
      form: formTokenOf(first.page ?? ""),
      intent: "provider:elsewhere",
    }),
    first.url,
  );
  const href =
    /<a class="button" href="([^"]+)"/.exec(away.page ?? "")?.[1]?.replaceAll("&amp;", "&") ?? "";
  assert.ok(href.startsWith(elsewhere.issuer), away.page ?? "");
  const answer = await fetch(href, { redirect: "manual" });
  const back = tamper(new URL(answer.headers.get("location") as string));
  const { left, page = "", url: at } = await own.browser.follow(await own.browser.get(back), back);
  return { app: own, verifier, page, url: at, ...(left === undefined ? {} : { left }) };
}

test("somebody from elsewhere gets an account by issuer and subject, and the same one the next time", async () => {
  elsewhere.claims = { sub: "e-1", email: "new@notes.example", email_verified: true };
  const one = await comeFrom();
  const tokens = await one.app.redeem({
    parameters: one.app.validate(one.left as URL),
    verifier: one.verifier,
  });
  assert.deepEqual(
    [decodeJwt(tokens.access_token)["amr"], decodeJwt(tokens.access_token)["roles"]],
    [["fed"], ["member"]],
  );
  elsewhere.claims = {
    sub: "e-1",
    email: "changed@notes.example",
    email_verified: true,
    amr: ["pwd", "mfa", 7, "two words"],
  };
  const two = await comeFrom();
  const again = await two.app.redeem({
    parameters: two.app.validate(two.left as URL),
    verifier: two.verifier,
  });
  assert.equal(decodeJwt(again.access_token).sub, decodeJwt(tokens.access_token).sub);
  assert.deepEqual(
    [decodeJwt(again.access_token)["amr"], decodeJwt(again.access_token)["acr"]],
    [["fed", "fed:pwd", "fed:mfa"], "pwd"],
    "what it says of its own proofs is passed on, and is no second proof here",
  );
});

test("an address is no proof: who has it elsewhere, verified or not, does not get the account that has it here", async () => {
  const id = gate.addUser("owned@notes.example", "--role", "member");
  for (const verified of [true, false]) {
    elsewhere.claims = {
      sub: `thief-${verified}`,
      email: "owned@notes.example",
      email_verified: verified,
    };
    const { left, page } = await comeFrom();
    if (verified) {
      assert.equal(left, undefined);
      assert.match(page, /not connected to an account/);
    } else
      assert.ok(left !== undefined, "an unverified address is ignored: a new account without it");
  }
  elsewhere.claims = { sub: "owner", email: "owned@notes.example", email_verified: true };
  const came = await comeFrom();
  const sent = await came.app.browser.post(came.url, {
    form: formTokenOf(came.page),
    intent: "password",
    email: "owned@notes.example",
    password,
  });
  const { left } = await came.app.browser.follow(sent, came.url);
  const tokens = await came.app.redeem({
    parameters: came.app.validate(left as URL),
    verifier: came.verifier,
  });
  assert.equal(decodeJwt(tokens.access_token).sub, id);
  const linked = await comeFrom();
  const next = await linked.app.redeem({
    parameters: linked.app.validate(linked.left as URL),
    verifier: linked.verifier,
  });
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
  for (const spoil of [
    { nonce: "other" },
    { aud: "somebody" },
    { iss: "https://evil.example" },
    { nonce: undefined },
  ]) {
    elsewhere.spoil = (token) => ({ ...token, ...spoil });
    await fails(comeFrom());
  }
  elsewhere.spoil = (token) => token;
  let stolen = "";
  await comeFrom((back) => ((stolen = back.href), `${gate.origin}/sign-in/style.css`));
  const stranger = await new App(gate).begin();
  const { left, page = "" } = await stranger.browser.follow(
    await stranger.browser.get(stolen),
    stolen,
  );
  assert.equal(left, undefined);
  assert.match(page, /expired/);
});

test("a browser goes to a provider and comes back, by address and by form, with every cookie where it may be", {
  needs: ["chromium"],
  timeout: 60_000,
}, async ({ chromium }) => {
  for (const [button, subject] of [
    ["Elsewhere", "by-address"],
    ["Apple", "by-form"],
  ] as const) {
    for (const javaScriptEnabled of [true, false]) {
      elsewhere.claims = { sub: `${subject}-${javaScriptEnabled}` };
      const context = await chromium.newContext({ javaScriptEnabled });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on(
        "console",
        (message) =>
          message.type() === "error" && !/ERR_/.test(message.text()) && faults.push(message.text()),
      );
      const app = await new App(gate).begin();
      app.redirectUri = "https://notes.example/signed-in";
      const { url, verifier } = await app.authorizationUrl();
      await page.goto(url);
      const left = page.waitForRequest((request) =>
        request.url().startsWith("https://notes.example/"),
      );
      await page.click(`button:has-text("Continue with ${button}")`);
      if (!javaScriptEnabled && button === "Apple") await page.click("#on");
      const tokens = await app.redeem({
        parameters: app.validate(new URL((await left).url())),
        verifier,
      });
      assert.equal((await app.call("/notes", tokens)).status, 200);
      assert.deepEqual(faults, []);
      await context.close();
    }
  }
});

test("Apple is shown a secret that was signed for it just now, by the team's key", async () => {
  elsewhere.claims = { sub: "by-secret" };
  const app = await new App(gate).begin();
  const { url } = await app.authorizationUrl();
  const first = await app.browser.follow(await app.browser.get(url), url);
  const chosen = { form: formTokenOf(first.page ?? ""), intent: "provider:apple" };
  const away = await app.browser.follow(await app.browser.post(first.url, chosen), first.url);
  const href = /<a class="button" href="([^"]+)"/.exec(away.page ?? "")?.[1] ?? "";
  const form = await (await fetch(href.replaceAll("&amp;", "&"))).text();
  const field = (name: string): string =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(form)?.[1] ?? "";
  const back = `${gate.origin}/sign-in/from/apple`;
  const sent = { code: field("code"), state: field("state") };
  await app.browser.follow(await app.browser.post(back, sent), back);
  const secret = elsewhere.asked.get("client_secret") ?? "";
  const { payload, protectedHeader } = await jwtVerify(secret, applePublicKey, {
    issuer: "TEAM123456",
    subject: "here",
    audience: elsewhere.issuer,
  });
  assert.equal(protectedHeader.kid, "KEY1234567");
  assert.ok((payload.exp ?? 0) - (payload.iat ?? 0) <= 300);
});

test("a form that comes from elsewhere is worth what its address would be: nothing to another browser, or without a sign-in", async () => {
  const stranger = await new App(gate).begin();
  const sent = await stranger.browser.post(
    `${gate.origin}/sign-in/from/apple`,
    { code: "x", state: "y" },
    { Origin: elsewhere.issuer, "Sec-Fetch-Site": "cross-site" },
  );
  const { left, page = "" } = await stranger.browser.follow(
    sent,
    `${gate.origin}/sign-in/from/apple`,
  );
  assert.equal(left, undefined);
  assert.match(page, /expired/);
});
