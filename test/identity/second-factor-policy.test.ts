import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeJwt } from "jose";
import { App } from "./app.ts";
import { codeNow, secretOn } from "./authenticator.ts";
import { formTokenOf } from "./browser.ts";
import { type IdentityGate, startIdentityGate } from "./identity-gate.ts";
import { mailedCode } from "./visit.ts";

const email = "ann@notes.example";

async function withPolicy(
  secondFactor: string,
  body: (gate: IdentityGate) => Promise<void>,
): Promise<void> {
  const gate = await startIdentityGate({
    change: (policy) =>
      policy.replace("signUp: open,", `signUp: open, secondFactor: ${secondFactor},`),
  });
  try {
    gate.addUser(email, "--role", "member");
    await body(gate);
  } finally {
    gate.close();
  }
}

test("a new browser is asked for a mailed code, and a browser that is known is not", {
  timeout: 30_000,
}, async () => {
  await withPolicy("new-device", async (gate) => {
    const app = await new App(gate).begin();
    const { url, verifier } = await app.authorizationUrl();
    const asked = await app.throughPassword(url, email);
    assert.match(asked.page ?? "", /This device is new/);
    const wrong = await app.browser.post(asked.url, {
      form: formTokenOf(asked.page ?? ""),
      intent: "second",
      code: "00000000",
    });
    assert.equal(wrong.status, 400);
    const { left } = await app.browser.follow(
      await app.browser.post(asked.url, {
        form: formTokenOf(asked.page ?? ""),
        intent: "second",
        code: await mailedCode(gate, email, "new-device"),
      }),
      asked.url,
    );
    const tokens = await app.redeem({ parameters: app.validate(left as URL), verifier });
    assert.equal(decodeJwt(tokens.access_token)["acr"], "pwd", "a mailbox is no second proof");
    const again = await new App(gate, "notes-app", app.browser).begin();
    const { left: at } = await again.throughPassword(
      (await again.authorizationUrl({ prompt: "login" })).url,
      email,
    );
    assert.ok(at !== undefined, "the same browser goes straight through");
    const stranger = await new App(gate).begin();
    assert.match(
      (await stranger.throughPassword((await stranger.authorizationUrl()).url, email)).page ?? "",
      /This device is new/,
    );
  });
});

test("where two proofs are always asked for, nobody comes in with one", {
  timeout: 30_000,
}, async () => {
  await withPolicy("always", async (gate) => {
    const app = await new App(gate).begin();
    const { url, verifier } = await app.authorizationUrl();
    const asked = await app.throughPassword(url, email);
    const enrol = await app.browser.follow(
      await app.browser.post(asked.url, {
        form: formTokenOf(asked.page ?? ""),
        intent: "second",
        code: await mailedCode(gate, email, "new-device"),
      }),
      asked.url,
    );
    assert.match(enrol.page ?? "", /Set up an authenticator app/);
    const skipped = await app.browser.post(enrol.url, {
      form: formTokenOf(enrol.page ?? ""),
      intent: "recovery",
    });
    assert.equal(skipped.status, 400, "the step is the server's to say");
    const codes = await app.browser.follow(
      await app.browser.post(enrol.url, {
        form: formTokenOf(enrol.page ?? ""),
        intent: "enrol",
        code: codeNow(secretOn(enrol.page ?? "")),
      }),
      enrol.url,
    );
    const { left } = await app.browser.follow(
      await app.browser.post(codes.url, {
        form: formTokenOf(codes.page ?? ""),
        intent: "recovery",
      }),
      codes.url,
    );
    assert.equal(
      decodeJwt(
        (await app.redeem({ parameters: app.validate(left as URL), verifier })).access_token,
      )["acr"],
      "pwd",
      "what was set up a moment ago is no second proof yet",
    );
  });
});
