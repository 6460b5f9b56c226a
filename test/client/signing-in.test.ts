import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  SignedOut,
  SignInFailed,
  Unreachable,
} from "../../packages/client/src/portcullis-client.ts";
import { codeNow, secretOn } from "../identity/authenticator.ts";
import { Browser } from "../identity/browser.ts";
import { type IdentityGate, password } from "../identity/identity-gate.ts";
import { mailedCode, Visit } from "../identity/visit.ts";
import { byPassword, email, phoneAt, startClientGate } from "./phone.ts";

let gate: IdentityGate;

before(async () => {
  gate = await startClientGate();
});
after(() => gate.close());

test("an app signs in, calls the API, and signs out everywhere", async () => {
  const { client, events, sent } = phoneAt(gate);
  await assert.rejects(client.send("/notes"), SignedOut);
  await client.signIn();
  assert.equal((await client.send("/notes")).status, 200);
  assert.equal((await client.send("/notes", { method: "POST", body: { text: "x" } })).status, 201);
  const token = await client.accessToken();
  await client.signOut();
  assert.ok(sent.includes("POST /oauth/revoke"));
  assert.equal(await client.isSignedIn(), false);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const { client: other } = phoneAt(gate);
  await other.signIn();
  assert.notEqual(await other.accessToken(), token);
  assert.deepEqual(
    events.map(([name]) => name),
    ["signed-in", "signed-out"],
  );
});

test("an app signs somebody in on its own screens, says what did not do, and leaves the rest to the browser", async () => {
  const { client, events, sent } = phoneAt(gate);
  const wrong = await client.signInWith({ username: email, password: "not the password at all" });
  assert.equal(wrong.status, "more");
  assert.ok(
    wrong.status === "more" && wrong.next === "password" && /did not match/.test(wrong.fault ?? ""),
  );
  assert.deepEqual(await wrong.answer(password), { status: "signed-in" });
  assert.equal((await client.send("/notes")).status, 200);
  assert.ok(!sent.some((one) => one.includes("/oauth/authorize") || one.includes("/oauth/par")));
  assert.deepEqual(
    events.map(([name]) => name),
    ["signed-in"],
  );
  assert.deepEqual(await client.signInWith({ username: email, password }, { acrValues: ["mfa"] }), {
    status: "browser",
  });
  const lost = phoneAt(gate);
  lost.fail = (url) =>
    url.endsWith("/oauth/challenge") ? new TypeError("fetch failed") : undefined;
  await assert.rejects(lost.client.signInWith({ username: email, password }), Unreachable);
  assert.equal(
    lost.sent.filter((one) => one === "POST /oauth/challenge").length,
    1,
    "not sent again by itself",
  );
});

test("an operation that needs more is reached: the client goes through the step-up by itself and sends the request again", async () => {
  gate.addUser("strong@notes.example", "--role", "member");
  const browser = new Browser(gate);
  const made = phoneAt(gate, "strong@notes.example", {
    browser: {
      async open(url) {
        const at = await new Visit(browser).open(url);
        if (!at.page.includes("One more step"))
          return byPassword(browser, url, "strong@notes.example");
        await at.send("second", {
          code: await mailedCode(gate, "strong@notes.example", "new-device"),
        });
        await at.send("enrol", { code: codeNow(secretOn(at.page), -1) });
        const [recoveryCode = ""] = /[a-z2-7]{4}(?:-[a-z2-7]{4}){3}/.exec(at.page) ?? [];
        await at.send("recovery");
        // What was set up a moment ago is no second proof yet.
        await at.send("second", { code: recoveryCode });
        return at.left?.href;
      },
    },
  });
  await made.client.signIn();
  assert.equal((await made.client.send("/vault")).status, 200);
  assert.deepEqual(made.events.find(([name]) => name === "step-up")?.[1], {
    acrValues: ["mfa"],
    maxAgeSeconds: 300,
  });
});

test("a redirect that comes after the app was killed still ends the sign-in", async () => {
  const browser = new Browser(gate);
  let redirected: string | undefined;
  const first = phoneAt(gate, email, {
    browser: {
      open: async (url) => ((redirected = await byPassword(browser, url, email)), undefined),
    },
  });
  await assert.rejects(
    first.client.signIn(),
    (fault) => fault instanceof SignInFailed && fault.error === "dismissed",
  );
  const again = phoneAt(gate, email, { vault: first.platform.vault, keys: first.platform.keys });
  await Promise.all([
    again.client.completeSignIn(redirected as string),
    again.client.completeSignIn(redirected as string),
  ]);
  assert.equal((await again.client.send("/notes")).status, 200);
});

test("an answer to somebody else's sign-in is refused (login CSRF), and so is none at all", async () => {
  const made = phoneAt(gate);
  await assert.rejects(
    made.client.completeSignIn("com.notes.app:/signed-in?code=x&state=y"),
    SignInFailed,
  );
  const attacker = new Browser(gate);
  const victim = phoneAt(gate, email, { browser: { open: () => Promise.resolve(undefined) } });
  await assert.rejects(victim.client.signIn(), SignInFailed);
  const theirs = phoneAt(gate, email, {
    browser: {
      open: async (url) => ((foreign = await byPassword(attacker, url, email)), undefined),
    },
  });
  let foreign: string | undefined;
  await assert.rejects(theirs.client.signIn(), SignInFailed);
  await assert.rejects(
    victim.client.completeSignIn(foreign as string),
    (fault) => fault instanceof SignInFailed && fault.error === "answer-foreign",
  );
  assert.equal(await victim.client.isSignedIn(), false);
});
