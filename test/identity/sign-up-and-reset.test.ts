import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decodeJwt } from "jose";
import { App } from "./app.ts";
import { formTokenOf } from "./browser.ts";
import { type IdentityGate, startIdentityGate } from "./identity-gate.ts";
import { mailedCode, validated, Visit, visitAt } from "./visit.ts";

let gate: IdentityGate;

before(async () => {
  gate = await startIdentityGate({
    change: (policy) =>
      policy.replace("roles: [member] }", "roles: [member] }\n  passwords: { least: 12 }"),
  });
});
after(() => gate.close());

test("somebody signs up with a mailed code, and is signed in as what the policy says", async () => {
  const { app, at, verifier } = await visitAt(gate);
  await at.send("go-sign-up");
  await at.send("sign-up", {
    email: " New.Person@Notes.example ",
    password: "a long enough phrase",
  });
  assert.match(at.page, /eight digits/);
  await at.send("code", { code: await mailedCode(gate, "new.person@notes.example", "sign-up") });
  const tokens = await app.redeem({ parameters: validated(at.left, app), verifier });
  assert.deepEqual(decodeJwt(tokens.access_token)["roles"], ["member"]);
});

test("signing up with an address that is taken looks the same, and its owner alone is told", async () => {
  gate.addUser("taken@notes.example", "--role", "member");
  const pages: string[] = [];
  for (const email of ["taken@notes.example", "fresh-one@notes.example"]) {
    const { at } = await visitAt(gate);
    await at.send("go-sign-up");
    await at.send("sign-up", { email, password: "another long phrase" });
    pages.push(at.page.replaceAll(email, "X").replaceAll(/value="[\w-]{43}"|sign-in\/[\w-]+/g, ""));
    if (email === "taken@notes.example") {
      const mails = await gate.allMails();
      assert.ok(!mails.some(({ purpose, to }) => to === email && purpose === "sign-up"));
      await at.send("code", { code: "00000000" });
      assert.equal(at.status, 400);
    }
  }
  assert.equal(pages[0], pages[1]);
  await gate.mail("taken@notes.example", "known-address");
});

test("passwords: long ones, phrases and emoji are taken as they are; common, short and personal ones are not", async () => {
  const cases: [string, RegExp | undefined][] = [
    ["short1!", /too short/],
    ["123456789012", /guessers try first/],
    ["passwordpassword", /guessers try first/],
    ["aaaaaaaaaaaaaaaa", /guessers try first/],
    ["rules.person1", /too close/],
    ["x".repeat(300), /too long/],
    ["🐎🔋📎 ünïcödé ok", undefined],
    [`${"w".repeat(30)} ${"v".repeat(60)}`, undefined],
  ];
  for (const [typed, expected] of cases) {
    const { at } = await visitAt(gate);
    await at.send("go-sign-up");
    await at.send("sign-up", { email: "rules.person@notes.example", password: typed });
    if (expected === undefined) assert.match(at.page, /eight digits/, typed);
    else assert.match(at.page, expected, typed);
  }
});

test("a reset needs the mailed code, ends every session, and cannot be skipped to its end", async () => {
  gate.addUser("forgetful@notes.example", "--role", "member");
  const phone = await new App(gate).begin();
  const tokensBefore = await phone.signIn("forgetful@notes.example");
  const { app, at, verifier } = await visitAt(gate);
  await at.send("go-reset");
  await at.send("reset", { email: "forgetful@notes.example" });
  await at.send("new-password", { password: "skipped to the end" });
  assert.match(at.page, /did not match/);
  await at.send("code", { code: await mailedCode(gate, "forgetful@notes.example", "reset") });
  await at.send("new-password", { password: "a whole new phrase" });
  assert.equal(
    (await app.call("/notes", await app.redeem({ parameters: validated(at.left, app), verifier })))
      .status,
    200,
  );
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal((await phone.call("/notes", tokensBefore)).code, "token-revoked");
  const { url: again } = await phone.authorizationUrl();
  const elsewhere = await new Visit(phone.browser).open(again);
  assert.match(
    elsewhere.page,
    /Sign in to Notes/,
    "the browser that was signed in has to sign in again",
  );
  await gate.mail("forgetful@notes.example", "security-notice");
});

test("a mailed code is good for five tries and for the sign-in it was asked in", async () => {
  gate.addUser("guessed@notes.example", "--role", "member");
  const first = await visitAt(gate);
  await first.at.send("go-reset");
  await first.at.send("reset", { email: "guessed@notes.example" });
  const code = await mailedCode(gate, "guessed@notes.example", "reset");
  const other = await visitAt(gate);
  await other.at.send("go-reset");
  await other.at.send("reset", { email: "nobody-here@notes.example" });
  await other.at.send("code", { code });
  assert.match(other.at.page, /did not match/);
  await Promise.all(
    Array.from({ length: 20 }, () =>
      first.app.browser.post(first.at.url, {
        form: formTokenOf(first.at.page),
        intent: "code",
        code: "12345678",
      }),
    ),
  );
  await first.at.send("code", { code });
  assert.match(first.at.page, /did not match/);
});
