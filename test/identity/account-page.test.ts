import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decodeJwt } from "jose";
import { totpStep } from "../../packages/identity/src/factors/totp.ts";
import { App } from "./app.ts";
import { codeNow, secretOn } from "./authenticator.ts";
import { type IdentityGate, password, startIdentityGate } from "./identity-gate.ts";
import { mailedCode, Visit } from "./visit.ts";

let gate: IdentityGate;

before(async () => {
  gate = await startIdentityGate();
});
after(() => gate.close());

test("people see their sessions and end them, from the account page", async () => {
  gate.addUser("owner@notes.example", "--role", "member");
  const phone = await new App(gate).begin();
  const tokens = await phone.signIn("owner@notes.example");
  const at = await new Visit(phone.browser).open(`${gate.origin}/account`);
  assert.match(at.page, /notes-app, since/);
  await at.send("end-session", {
    session: /name="session" value="([^"]+)"/.exec(at.page)?.[1] ?? "",
  });
  assert.match(at.page, /Saved/);
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal((await phone.call("/notes", tokens)).code, "token-revoked");
  await at.send("begin-totp");
  const secret = secretOn(at.page);
  await at.send("add-totp", {
    secret: /name="secret" value="([^"]+)"/.exec(at.page)?.[1] ?? "",
    code: codeNow(secret),
  });
  assert.match(at.page, /recovery codes/i);
  assert.equal(totpStep(secret, codeNow(secret), Date.now() / 1000) !== undefined, true);
});

test("another password is chosen by who types the one before", async () => {
  gate.addUser("changer@notes.example", "--role", "member");
  const app = await new App(gate).begin();
  await app.signIn("changer@notes.example");
  const at = await new Visit(app.browser).open(`${gate.origin}/account`);
  const chosen = "a whole new phrase of words";
  for (const current of ["", "not the one before", chosen]) {
    await at.send("password", { current, password: chosen });
    assert.match(at.page, /did not match/, current);
  }
  await at.send("password", { current: password, password: chosen });
  assert.match(at.page, /Saved/);
  const again = await new App(gate).begin();
  const { url } = await again.authorizationUrl();
  assert.ok((await again.throughPassword(url, "changer@notes.example", chosen)).left !== undefined);
});

test("a new address is somebody's own once its mailed code came back, and both addresses are told", async () => {
  const id = gate.addUser("old@notes.example", "--role", "member");
  gate.addUser("neighbour@notes.example", "--role", "member");
  const app = await new App(gate).begin();
  await app.signIn("old@notes.example");
  const at = await new Visit(app.browser).open(`${gate.origin}/account`);
  await at.send("begin-email", { email: "Neighbour@notes.example" });
  const taken = at.page.replaceAll(/value="[^"]*"/g, "").replaceAll("neighbour@", "x@");
  await gate.mail("neighbour@notes.example", "known-address");
  await at.send("add-email", { code: "00000000" });
  assert.match(at.page, /did not match/);
  await at.send("begin-email", { email: "New.Home@notes.example" });
  assert.equal(
    at.page.replaceAll(/value="[^"]*"/g, "").replaceAll("new.home@", "x@"),
    taken,
    "a taken address looks the same",
  );
  const code = await mailedCode(gate, "new.home@notes.example", "new-address");
  const stranger = await new App(gate).begin();
  await stranger.signIn("neighbour@notes.example");
  const elsewhere = await new Visit(stranger.browser).open(`${gate.origin}/account`);
  await elsewhere.send("add-email", { code });
  assert.match(elsewhere.page, /did not match/, "a code is of use in the session it was asked in");
  await at.send("add-email", { code });
  assert.match(at.page, /Saved/);
  for (const to of ["old@notes.example", "new.home@notes.example"])
    await gate.mail(to, "security-notice", "email-changed");
  const again = await new App(gate).begin();
  assert.equal(decodeJwt((await again.signIn("new.home@notes.example")).access_token).sub, id);
  await assert.rejects(
    new App(gate).begin().then((one) => one.signIn("old@notes.example")),
    /did not end/,
  );
});
