import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decodeJwt } from "jose";
import { App } from "./app.ts";
import { codeNow, secretOn } from "./authenticator.ts";
import { type IdentityGate, password, startIdentityGate } from "./identity-gate.ts";
import { mailedCode, validated, Visit, visitAt } from "./visit.ts";

// A new second factor needs a proof that was there before.
let gate: IdentityGate;
before(async () => {
  gate = await startIdentityGate();
});
after(() => gate.close());

/** An account whose address nobody has verified, as `users add` makes it. */
function addUnverified(email: string): string {
  const added = gate.command("users", "add", email, "--password-stdin", "--json");
  assert.equal(added.status, 0, added.error);
  return (JSON.parse(added.out) as { id: string }).id;
}

test("with the password of an unverified account alone nobody sets a second factor up", async () => {
  const id = addUnverified("unverified@notes.example");
  const { app, at, verifier } = await visitAt(gate, { acr_values: "mfa" });
  await at.send("password", { email: "unverified@notes.example", password });
  assert.match(at.page, /invitation/);
  for (const intent of ["enrol", "recovery", "second"]) {
    await at.send(intent, { code: "000000" });
    assert.match(at.page, /invitation/, "the step is the server's to say");
    assert.match(at.page, /did not match/);
  }

  const { code } = JSON.parse(gate.command("users", "invite", id, "--json").out) as {
    readonly code: string;
  };
  const other = await visitAt(gate, { acr_values: "mfa" });
  const another = addUnverified("another@notes.example");
  assert.notEqual(another, id);
  await other.at.send("password", { email: "another@notes.example", password });
  await other.at.send("invitation", { code });
  assert.match(other.at.page, /did not match/, "an invitation is one account's");

  await at.send("invitation", { code });
  assert.match(at.page, /Set up an authenticator app/);
  const secret = secretOn(at.page);
  await at.send("enrol", { code: codeNow(secret, -1) });
  await at.send("recovery");
  assert.match(at.page, /One more step/);
  await at.send("second", { code: codeNow(secret) });
  const strong = await app.redeem({ parameters: validated(at.left, app), verifier });
  assert.equal(decodeJwt(strong.access_token)["acr"], "mfa");

  const again = await visitAt(gate, { acr_values: "mfa" });
  await again.at.send("password", { email: "unverified@notes.example", password });
  await again.at.send("invitation", { code });
  assert.doesNotMatch(again.at.page, /Set up an authenticator app/, "it is good for one use");
});

test("an invitation outlasts whatever strangers try, and is its account's alone", async () => {
  const id = addUnverified("guessed@notes.example");
  const { code } = JSON.parse(gate.command("users", "invite", id, "--json").out) as {
    readonly code: string;
  };
  assert.match(code, /^[a-z2-7]{4}(?:-[a-z2-7]{4}){3}$/);
  const { at } = await visitAt(gate, { acr_values: "mfa" });
  await at.send("password", { email: "guessed@notes.example", password });
  for (let tries = 0; tries < 12; tries += 1) {
    await at.send("invitation", { code: "aaaa-aaaa-aaaa-aaaa" });
    assert.match(at.page, /did not match/);
  }
  await at.send("invitation", { code });
  assert.match(at.page, /Set up an authenticator app/);
});

test("the owner is told of a new factor, and takes it back with the password and all sessions", async () => {
  const email = "told@notes.example";
  gate.addUser(email, "--role", "member");
  const thief = await visitAt(gate, { acr_values: "mfa" });
  await thief.at.send("password", { email, password });
  await thief.at.send("second", { code: await mailedCode(gate, email, "new-device") });
  const secret = secretOn(thief.at.page);
  await thief.at.send("enrol", { code: codeNow(secret) });
  const notice = await gate.mail(email, "security-notice", "factor-added");

  const { browser } = await new App(gate).begin();
  const at = await new Visit(browser).open(notice.link ?? "");
  assert.match(at.page, /It was not you/);
  await thief.at.send("recovery");
  assert.match(thief.at.page, /One more step/, "reading the page ends nothing");
  const token = /name="notice" value="([^"]+)"/.exec(at.page)?.[1] ?? "";
  const forged = await browser.post("/sign-in/not-me", { notice: `${token.slice(0, -4)}AAAA` });
  assert.equal(forged.status, 400);
  const done = await browser.post("/sign-in/not-me", { notice: token });
  assert.match(await done.text(), /choose a new one/);
  await thief.at.send("second", { code: codeNow(secret, 1) });
  assert.match(thief.at.page, /expired/);

  const back = await visitAt(gate, { acr_values: "mfa" });
  await back.at.send("password", { email, password });
  assert.match(back.at.page, /did not match/, "the password that the thief knew is forgotten");
  await back.at.send("go-reset");
  await back.at.send("reset", { email });
  await back.at.send("code", { code: await mailedCode(gate, email, "reset") });
  await back.at.send("new-password", { password: "words of the owner alone" });
  assert.match(back.at.page, /sent a code/, "the thief's authenticator is not asked for");
});

test("a name that was planted in somebody's browser is not known after they have signed in", async () => {
  const email = "planted@notes.example";
  gate.addUser(email, "--role", "member");
  const planted = await new App(gate).begin();
  const name = "__Host-known";
  (planted.browser.cookies as Map<string, object>).set(name, { value: "A".repeat(22), path: "/" });
  await planted.signIn(email);
  const given = planted.browser.cookies.get(name)?.value;
  assert.match(given ?? "", /^[\w-]{22}$/);
  assert.notEqual(given, "A".repeat(22));
});
