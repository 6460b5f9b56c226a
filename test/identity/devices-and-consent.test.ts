import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decodeJwt } from "jose";
import { App, oauthError } from "./app.ts";
import { codeNow, secretOn } from "./authenticator.ts";
import { formTokenOf } from "./browser.ts";
import { type IdentityGate, password, startIdentityGate } from "./identity-gate.ts";
import { mailedCode } from "./visit.ts";

let gate: IdentityGate;
const email = "ann@notes.example";

before(async () => {
  gate = await startIdentityGate({
    change: (policy) =>
      policy
        .replace(
          "apps:\n",
          `apps:
  - id: partner
    kind: web
    redirectUris: ["https://partner.example/back"]
    scopes: [notes:read]
    firstParty: false
  - { id: careful, redirectUris: ["com.careful.app:/signed-in"], pushedRequests: required }
  - { id: console, redirectUris: ["com.console.app:/signed-in"] }
`,
        )
        .replace(
          "  - { match: readVault, stepUp: { acr: mfa, within: 5m } }",
          `  - { match: readVault, stepUp: { device: trusted, bound: true } }
  - { match: readAdmin, allow: { clients: [console] } }`,
        ),
  });
  gate.addUser(email, "--role", "admin");
});
after(() => gate.close());

test("an app that is not the operator's asks its users, is given what they allow, and nothing when they do not", async () => {
  for (const allowed of [true, false]) {
    const app = await new App(gate, "partner").begin();
    app.redirectUri = "https://partner.example/back";
    const { url, verifier } = await app.authorizationUrl({ scope: "openid notes:read" });
    const consent = await app.throughPassword(url, email);
    assert.match(consent.page ?? "", /partner asks for access/);
    assert.match(consent.page ?? "", /notes:read/);
    const { left } = await app.browser.follow(
      await app.browser.post(consent.url, {
        form: formTokenOf(consent.page ?? ""),
        intent: allowed ? "allow" : "deny",
      }),
      consent.url,
    );
    assert.ok(left !== undefined);
    if (!allowed) {
      assert.equal(left.searchParams.get("error"), "access_denied");
      continue;
    }
    const tokens = await app.redeem({ parameters: app.validate(left), verifier });
    assert.equal(tokens.scope, "notes:read");
    assert.equal((await app.call("/notes", tokens)).status, 200);
  }
});

test("an app whose requests must be pushed cannot be started by a link that somebody made", async () => {
  const app = await new App(gate, "careful").begin();
  app.redirectUri = "com.careful.app:/signed-in";
  const { url } = await app.authorizationUrl();
  const { left, page = "" } = await app.browser.follow(await app.browser.get(url), url);
  assert.match(left?.href ?? page, /invalid_request/);
});

test("an operation for the administrators' console is closed to every other app, even for an administrator", async () => {
  const phone = await new App(gate).begin();
  assert.equal((await phone.call("/admin", await phone.signIn(email))).code, "client-refused");
  const console_ = await new App(gate, "console").begin();
  console_.redirectUri = "com.console.app:/signed-in";
  assert.equal((await console_.call("/admin", await console_.signIn(email))).status, 200);
});

test("a device is trusted once two proofs were given on it, for its key alone, until its owner removes it", async () => {
  const app = await new App(gate).begin();
  const first = await app.signIn(email);
  const refused = await app.call("/vault", first);
  assert.equal(refused.code, "device-untrusted");
  assert.match(refused.headers.get("www-authenticate") ?? "", /acr_values="mfa"/);
  const unbound = await (await new App(gate).begin(false)).signIn(email);
  assert.equal((await app.call("/vault", unbound)).status, 401);

  const { url, verifier } = await app.authorizationUrl({ acr_values: "mfa", prompt: "login" });
  const start = await app.browser.follow(await app.browser.get(url), url);
  const mailed = await app.browser.follow(
    await app.browser.post(start.url, {
      form: formTokenOf(start.page ?? ""),
      intent: "password",
      email,
      password,
    }),
    start.url,
  );
  const code = await mailedCode(gate, email, "new-device");
  const enrol = await app.browser.follow(
    await app.browser.post(mailed.url, {
      form: formTokenOf(mailed.page ?? ""),
      intent: "second",
      code,
    }),
    mailed.url,
  );
  const codes = await app.browser.follow(
    await app.browser.post(enrol.url, {
      form: formTokenOf(enrol.page ?? ""),
      intent: "enrol",
      code: codeNow(secretOn(enrol.page ?? "")),
    }),
    enrol.url,
  );
  const second = await app.browser.follow(
    await app.browser.post(codes.url, { form: formTokenOf(codes.page ?? ""), intent: "recovery" }),
    codes.url,
  );
  const [recoveryCode = ""] = /[a-z2-7]{4}(?:-[a-z2-7]{4}){3}/.exec(codes.page ?? "") ?? [];
  const { left } = await app.browser.follow(
    await app.browser.post(second.url, {
      form: formTokenOf(second.page ?? ""),
      intent: "second",
      code: recoveryCode,
    }),
    second.url,
  );
  const strong = await app.redeem({ parameters: app.validate(left as URL), verifier });
  assert.equal((await app.call("/vault", strong)).status, 200);
  const renewed = await app.refresh(strong.refresh_token as string);
  assert.equal(decodeJwt(renewed.access_token)["device_trusted"], true);
  assert.equal((await app.call("/vault", renewed)).status, 200);

  const page = await app.browser.follow(
    await app.browser.get(`${gate.origin}/account`),
    `${gate.origin}/account`,
  );
  assert.match(page.page ?? "", /notes-app, confirmed/);
  const device = decodeJwt(renewed.access_token)["device"] as string;
  const removed = await app.browser.post(`${gate.origin}/account`, {
    form: formTokenOf(page.page ?? ""),
    intent: "remove-device",
    device,
  });
  assert.equal(removed.status, 200);
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal((await app.call("/vault", renewed)).code, "token-revoked");
  assert.equal(await oauthError(app.refresh(renewed.refresh_token as string)), "invalid_grant");
});

test("sign-in inside another app's window says so, and goes on", async () => {
  const app = await new App(gate).begin();
  const { url } = await app.authorizationUrl();
  const first = await app.browser.get(url);
  const answer = await app.browser.get(first.headers.get("location") ?? "", {
    "User-Agent": "Mozilla/5.0 (Linux; Android 15; Pixel; wv) AppleWebKit/537.36",
  });
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /inside another app/);
});
