import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decodeJwt } from "jose";
import { totpStep } from "../../packages/server/src/factors/totp.ts";
import { App, type Browser, codeNow, formTokenOf, secretOn } from "./app.ts";
import { type IdentityGate, password, startIdentityGate } from "./identity-gate.ts";

let gate: IdentityGate;

before(async () => {
  gate = await startIdentityGate({ change: (policy) => policy.replace("roles: [member] }", "roles: [member] }\n  passwords: { least: 12 }") });
});
after(() => gate.close());

const lastCode = (to: string, purpose: string): string => gate.mails().filter((mail) => mail.to === to && mail.purpose === purpose).at(-1)?.code ?? "";

/** A person at the pages: follows the forms one by one. */
class Visit {
  readonly browser: Browser;
  url = "";
  page = "";
  status = 0;
  left: URL | undefined;

  constructor(browser: Browser) {
    this.browser = browser;
  }

  async open(url: string): Promise<this> {
    return this.#at(await this.browser.follow(await this.browser.get(url), url));
  }

  async send(intent: string, fields: Readonly<Record<string, string>> = {}): Promise<this> {
    return this.#at(await this.browser.follow(await this.browser.post(this.url, { form: formTokenOf(this.page), intent, ...fields }), this.url));
  }

  #at({ left, page = "", status, url }: Awaited<ReturnType<Browser["follow"]>>): this {
    this.url = url;
    this.page = page;
    this.status = status;
    this.left = left;
    return this;
  }
}

async function visit(extra: Readonly<Record<string, string>> = {}): Promise<{ app: App; at: Visit; verifier: string }> {
  const app = await new App(gate).begin();
  const { url, verifier } = await app.authorizationUrl(extra);
  return { app, at: await new Visit(app.browser).open(url), verifier };
}

test("somebody signs up with a mailed code, and is signed in as what the policy says", async () => {
  const { app, at, verifier } = await visit();
  await at.send("go-sign-up");
  await at.send("sign-up", { email: " New.Person@Notes.example ", password: "a long enough phrase" });
  assert.match(at.page, /eight digits/);
  await at.send("code", { code: lastCode("new.person@notes.example", "sign-up") });
  const tokens = await app.redeem({ parameters: validated(at.left, app), verifier });
  assert.deepEqual(decodeJwt(tokens.access_token)["roles"], ["member"]);
});

/** What oauth4webapi wants to have checked itself. */
function validated(left: URL | undefined, app: App): URLSearchParams {
  assert.ok(left !== undefined, "sign-in did not end");
  return app.validate(left);
}

test("signing up with an address that is taken looks the same, and its owner alone is told", async () => {
  gate.addUser("taken@notes.example", "--role", "member");
  const pages: string[] = [];
  for (const email of ["taken@notes.example", "fresh-one@notes.example"]) {
    const { at } = await visit();
    await at.send("go-sign-up");
    await at.send("sign-up", { email, password: "another long phrase" });
    pages.push(at.page.replaceAll(email, "X").replaceAll(/value="[\w-]{43}"|sign-in\/[\w-]+/g, ""));
    if (email === "taken@notes.example") {
      assert.equal(lastCode(email, "sign-up"), "");
      await at.send("code", { code: "00000000" });
      assert.equal(at.status, 400);
    }
  }
  assert.equal(pages[0], pages[1]);
  assert.ok(gate.mails().some((mail) => mail.to === "taken@notes.example" && mail.purpose === "known-address"));
});

test("passwords: long ones, phrases and emoji are taken as they are; common, short and personal ones are not", async () => {
  const cases: [string, RegExp | undefined][] = [
    ["short1!", /too short/], ["123456789012", /guessers try first/], ["passwordpassword", /guessers try first/], ["aaaaaaaaaaaaaaaa", /guessers try first/], ["rules.person1", /too close/],
    ["x".repeat(300), /too long/], ["🐎🔋📎 ünïcödé ok", undefined], [`${"w".repeat(30)} ${"v".repeat(60)}`, undefined],
  ];
  for (const [typed, expected] of cases) {
    const { at } = await visit();
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
  const { app, at, verifier } = await visit();
  await at.send("go-reset");
  await at.send("reset", { email: "forgetful@notes.example" });
  await at.send("new-password", { password: "skipped to the end" });
  assert.match(at.page, /did not match/);
  await at.send("code", { code: lastCode("forgetful@notes.example", "reset") });
  await at.send("new-password", { password: "a whole new phrase" });
  assert.equal((await app.call("/notes", await app.redeem({ parameters: validated(at.left, app), verifier }))).status, 200);
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal((await phone.call("/notes", tokensBefore)).code, "token-revoked");
  const { url: again } = await phone.authorizationUrl();
  const elsewhere = await new Visit(phone.browser).open(again);
  assert.match(elsewhere.page, /Sign in to Notes/, "the browser that was signed in has to sign in again");
  assert.ok(gate.mails().some((mail) => mail.to === "forgetful@notes.example" && mail.purpose === "security-notice"));
});

test("a mailed code is good for five tries and for the sign-in it was asked in", async () => {
  gate.addUser("guessed@notes.example", "--role", "member");
  const first = await visit();
  await first.at.send("go-reset");
  await first.at.send("reset", { email: "guessed@notes.example" });
  const code = lastCode("guessed@notes.example", "reset");
  const other = await visit();
  await other.at.send("go-reset");
  await other.at.send("reset", { email: "nobody-here@notes.example" });
  await other.at.send("code", { code });
  assert.match(other.at.page, /did not match/);
  await Promise.all(Array.from({ length: 20 }, () => first.app.browser.post(first.at.url, { form: formTokenOf(first.at.page), intent: "code", code: "12345678" })));
  await first.at.send("code", { code });
  assert.match(first.at.page, /did not match/);
});

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
  await at.send("start");
  await at.send("password", { email: "careful@notes.example", password });
  assert.match(at.page, /This device is new/, "the password alone does not make the second proof up");
  await at.send("second", { code: lastCode("careful@notes.example", "new-device") });
  assert.match(at.page, /Set up an authenticator app/);
  const secret = secretOn(at.page);
  await at.send("enrol", { code: "000000" });
  assert.match(at.page, /did not match/);
  await at.send("enrol", { code: codeNow(secret) });
  const codes = [...at.page.matchAll(/<li>([a-z2-7-]{19})<\/li>/g)].map((match) => match[1] as string);
  assert.equal(codes.length, 10);
  await at.send("recovery");
  const strong = await app.redeem({ parameters: validated(at.left, app), verifier });
  assert.deepEqual([decodeJwt(strong.access_token)["acr"], decodeJwt(strong.access_token)["amr"]], ["mfa", ["pwd", "otp", "mfa"]]);
  assert.equal((await app.call("/vault", strong)).status, 200);

  await signInWith(codeNow(secret, 1), undefined);
  await signInWith(codeNow(secret, 1), /did not match/);
  await signInWith(codes[0] as string, undefined);
  await signInWith(codes[0] as string, /did not match/);

  async function signInWith(code: string, expected: RegExp | undefined): Promise<void> {
    const again = await visit();
    await again.at.send("password", { email: "careful@notes.example", password });
    assert.match(again.at.page, /One more step/);
    await again.at.send("second", { code });
    if (expected === undefined) assert.ok(again.at.left !== undefined, again.at.page);
    else assert.match(again.at.page, expected);
  }
});

test("a reset does not pass by the second proof", async () => {
  const { at } = await visit();
  await at.send("go-reset");
  await at.send("reset", { email: "careful@notes.example" });
  await at.send("code", { code: lastCode("careful@notes.example", "reset") });
  await at.send("new-password", { password: "whoever reads the mail" });
  assert.match(at.page, /One more step/);
  const thief = await visit();
  await thief.at.send("password", { email: "careful@notes.example", password: "whoever reads the mail" });
  assert.match(thief.at.page, /did not match/);
});

test("two hundred wrong guesses by strangers do not lock out the owner's own browser", async () => {
  gate.addUser("target@notes.example", "--role", "member");
  const own = await new App(gate).begin();
  await own.signIn("target@notes.example");
  const stranger = await visit();
  let slowed = 0;
  let waitSeconds = 0;
  // On until the wait is longer than what follows takes: a try that is judged in between would double it.
  for (let tries = 0; tries < 200 || waitSeconds < 3; tries += 1) {
    const answer = await stranger.app.browser.post(stranger.at.url, { form: formTokenOf(stranger.at.page), intent: "password", email: "target@notes.example", password: `guess ${tries}` });
    if (answer.status === 429) slowed += 1;
    waitSeconds = Number(/Wait (\d+) seconds/.exec(await answer.text())?.[1] ?? 0);
  }
  assert.ok(slowed > 180, `${slowed}`);
  const another = await visit();
  await another.at.send("password", { email: "target@notes.example", password });
  assert.match(another.at.page, /Too many tries/);
  const again = await new App(gate, "notes-app", own.browser).begin();
  assert.ok((await again.signIn("target@notes.example")).access_token);
});

test("forms are taken from this site's own pages only, and for the sign-in they were made for", async () => {
  const { app, at } = await visit();
  const fields = { form: formTokenOf(at.page), intent: "password", email: "taken@notes.example", password };
  assert.equal((await app.browser.post(at.url, fields, { Origin: "https://evil.example" })).status, 403);
  assert.equal((await app.browser.post(at.url, fields, { "Sec-Fetch-Site": "cross-site" })).status, 403);
  assert.equal((await app.browser.post(at.url, fields, { Origin: "null", "Sec-Fetch-Site": "cross-site" })).status, 403);
  assert.equal((await app.browser.post(at.url, { ...fields, form: "" })).status, 403);
  const other = await visit();
  assert.equal((await app.browser.post(at.url, { ...fields, form: formTokenOf(other.at.page) })).status, 403);
  assert.equal((await other.app.browser.post(at.url, fields)).status, 400);
});

test("a form that is larger than any form here is not read to its end", async () => {
  const { app } = await visit();
  for (const path of ["/account", "/sign-in/from/elsewhere", "/oauth/challenge"]) assert.equal((await app.browser.post(`${gate.origin}${path}`, { form: "x".repeat(40_000) })).status, path === "/account" ? 303 : 413, path);
});

test("no page can be framed, loads anything from elsewhere, or is kept", async () => {
  const { app, at } = await visit();
  const answer = await app.browser.get(at.url);
  const policy = answer.headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.match(policy, /form-action 'self' com\.notes\.app:/);
  assert.deepEqual([answer.headers.get("x-frame-options"), answer.headers.get("referrer-policy"), answer.headers.get("cache-control")], ["DENY", "no-referrer", "no-store"]);
  for (const [name, { path }] of app.browser.cookies) assert.ok(name.startsWith("__Host-") ? path === "/" : name.startsWith("__Secure-"), name);
});

test("people see their sessions and end them, from the account page", async () => {
  gate.addUser("owner@notes.example", "--role", "member");
  const phone = await new App(gate).begin();
  const tokens = await phone.signIn("owner@notes.example");
  const at = await new Visit(phone.browser).open(`${gate.origin}/account`);
  assert.match(at.page, /notes-app, since/);
  await at.send("end-session", { session: /name="session" value="([^"]+)"/.exec(at.page)?.[1] ?? "" });
  assert.match(at.page, /Saved/);
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal((await phone.call("/notes", tokens)).code, "token-revoked");
  await at.send("begin-totp");
  const secret = secretOn(at.page);
  await at.send("add-totp", { secret: /name="secret" value="([^"]+)"/.exec(at.page)?.[1] ?? "", code: codeNow(secret) });
  assert.match(at.page, /recovery codes/i);
  assert.equal(totpStep(secret, codeNow(secret), Date.now() / 1000) !== undefined, true);
});

test("a new address is somebody's own once its mailed code came back, and both addresses are told", async () => {
  const id = gate.addUser("old@notes.example", "--role", "member");
  gate.addUser("neighbour@notes.example", "--role", "member");
  const app = await new App(gate).begin();
  await app.signIn("old@notes.example");
  const at = await new Visit(app.browser).open(`${gate.origin}/account`);
  await at.send("begin-email", { email: "Neighbour@notes.example" });
  const taken = at.page.replaceAll(/value="[^"]*"/g, "").replaceAll("neighbour@", "x@");
  await soon();
  assert.equal(gate.mails().filter((mail) => mail.to === "neighbour@notes.example" && mail.purpose === "known-address").length, 1);
  await at.send("add-email", { code: "00000000" });
  assert.match(at.page, /did not match/);
  await at.send("begin-email", { email: "New.Home@notes.example" });
  assert.equal(at.page.replaceAll(/value="[^"]*"/g, "").replaceAll("new.home@", "x@"), taken, "a taken address looks the same");
  await soon();
  const code = lastCode("new.home@notes.example", "new-address");
  const stranger = await new App(gate).begin();
  await stranger.signIn("neighbour@notes.example");
  const elsewhere = await new Visit(stranger.browser).open(`${gate.origin}/account`);
  await elsewhere.send("add-email", { code });
  assert.match(elsewhere.page, /did not match/, "a code is of use in the session it was asked in");
  await at.send("add-email", { code });
  assert.match(at.page, /Saved/);
  await soon();
  for (const to of ["old@notes.example", "new.home@notes.example"]) assert.ok(gate.mails().some((mail) => mail.to === to && mail.purpose === "security-notice" && mail.event === "email-changed"), to);
  const again = await new App(gate).begin();
  assert.equal(decodeJwt((await again.signIn("new.home@notes.example")).access_token).sub, id);
  await assert.rejects(new App(gate).begin().then((one) => one.signIn("old@notes.example")), /did not end/);
});

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60));

test("somebody who asked for a page in German gets it in German", async () => {
  const { app } = await visit();
  const { url } = await app.authorizationUrl({ ui_locales: "de-CH fr" });
  const at = await new Visit(app.browser).open(url);
  assert.match(at.page, /<html lang="de">/);
  assert.match(at.page, /Passwort/);
});
