import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decodeJwt } from "jose";
import { App } from "./app.ts";
import { codeNow, secretOn } from "./authenticator.ts";
import { formTokenOf } from "./browser.ts";
import { type IdentityGate, password, startIdentityGate } from "./identity-gate.ts";
import { mailedCode, validated, Visit, visitAt } from "./visit.ts";

let gate: IdentityGate;

before(async () => {
  gate = await startIdentityGate({
    change: (policy) =>
      policy.replace("roles: [member] }", "roles: [member] }\n  passwords: { least: 12 }"),
  });
});
after(() => gate.close());

test("an operation that needs two proofs is reached by a step-up: authenticator set up, recovery codes shown once", async () => {
  gate.addUser("careful@notes.example", "--role", "member");
  const app = await new App(gate).begin();
  const tokens = await app.signIn("careful@notes.example");
  const refused = await app.call("/vault", tokens);
  assert.equal(refused.code, "step-up-needed");
  assert.match(refused.headers.get("www-authenticate") ?? "", /acr_values="mfa"/);
  const { url, verifier } = await app.authorizationUrl({ acr_values: "mfa" });
  const at = await new Visit(app.browser).open(url);
  assert.match(at.page, /One more step/);
  assert.match(at.page, /sent a code/, "the password alone does not make the second proof up");
  await at.send("second", { code: "00000000" });
  assert.match(at.page, /did not match/);
  await at.send("second", { code: await mailedCode(gate, "careful@notes.example", "new-device") });
  assert.match(at.page, /Set up an authenticator app/);
  const secret = secretOn(at.page);
  await at.send("enrol", { code: "000000" });
  assert.match(at.page, /did not match/);
  await at.send("enrol", { code: codeNow(secret) });
  const codes = [...at.page.matchAll(/<li>([a-z2-7-]{19})<\/li>/g)].map(
    (match) => match[1] as string,
  );
  assert.equal(codes.length, 10);
  await at.send("recovery");
  assert.match(at.page, /One more step/, "what was set up a moment ago is no second proof yet");
  await at.send("second", { code: codes[9] as string });
  const strong = await app.redeem({ parameters: validated(at.left, app), verifier });
  assert.deepEqual(
    [decodeJwt(strong.access_token)["acr"], decodeJwt(strong.access_token)["amr"]],
    ["mfa", ["pwd", "otp", "mfa"]],
  );
  assert.equal((await app.call("/vault", strong)).status, 200);

  await signInWith(codeNow(secret, 1), undefined);
  await signInWith(codeNow(secret, 1), /did not match/);
  await signInWith(codes[0] as string, undefined);
  await signInWith(codes[0] as string, /did not match/);

  async function signInWith(code: string, expected: RegExp | undefined): Promise<void> {
    const again = await visitAt(gate);
    await again.at.send("password", { email: "careful@notes.example", password });
    assert.match(again.at.page, /One more step/);
    await again.at.send("second", { code });
    if (expected === undefined) assert.ok(again.at.left !== undefined, again.at.page);
    else assert.match(again.at.page, expected);
  }
});

test("a reset does not pass by the second proof", async () => {
  const { at } = await visitAt(gate);
  await at.send("go-reset");
  await at.send("reset", { email: "careful@notes.example" });
  await at.send("code", { code: await mailedCode(gate, "careful@notes.example", "reset") });
  await at.send("new-password", { password: "whoever reads the mail" });
  assert.match(at.page, /One more step/);
  const thief = await visitAt(gate);
  await thief.at.send("password", {
    email: "careful@notes.example",
    password: "whoever reads the mail",
  });
  assert.match(thief.at.page, /did not match/);
});

test("who has the password guesses ten times at the second proof, and then waits", async () => {
  const { at } = await visitAt(gate);
  await at.send("password", { email: "careful@notes.example", password });
  let judged = 0;
  for (; judged < 20; judged += 1) {
    await at.send("second", { code: "not a code" });
    if (at.status === 429) break;
    assert.match(at.page, /did not match/);
  }
  assert.ok(judged > 0 && judged <= 10, `${judged} guesses were judged`);
});

test("two hundred wrong guesses by strangers do not lock out the owner's own browser", async () => {
  gate.addUser("target@notes.example", "--role", "member");
  const own = await new App(gate).begin();
  await own.signIn("target@notes.example");
  const stranger = await visitAt(gate);
  let slowed = 0;
  let waitSeconds = 0;
  // On until the wait is longer than what follows takes: a try that is judged in between would
  // double it.
  for (let tries = 0; tries < 200 || waitSeconds < 3; tries += 1) {
    const answer = await stranger.app.browser.post(stranger.at.url, {
      form: formTokenOf(stranger.at.page),
      intent: "password",
      email: "target@notes.example",
      password: `guess ${tries}`,
    });
    if (answer.status === 429) slowed += 1;
    waitSeconds = Number(/Wait (\d+) seconds/.exec(await answer.text())?.[1] ?? 0);
  }
  assert.ok(slowed > 180, `${slowed}`);
  const another = await visitAt(gate);
  await another.at.send("password", { email: "target@notes.example", password });
  assert.match(another.at.page, /Too many tries/);
  const again = await new App(gate, "notes-app", own.browser).begin();
  assert.ok((await again.signIn("target@notes.example")).access_token);
});
