import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { formTokenOf } from "./browser.ts";
import { type IdentityGate, password, startIdentityGate } from "./identity-gate.ts";
import { Visit, visitAt } from "./visit.ts";

let gate: IdentityGate;

before(async () => {
  gate = await startIdentityGate();
});
after(() => gate.close());

test("forms are taken from this site's own pages only, and for the sign-in they were made for", async () => {
  const { app, at } = await visitAt(gate);
  const fields = {
    form: formTokenOf(at.page),
    intent: "password",
    email: "taken@notes.example",
    password,
  };
  assert.equal(
    (await app.browser.post(at.url, fields, { Origin: "https://evil.example" })).status,
    403,
  );
  assert.equal(
    (await app.browser.post(at.url, fields, { "Sec-Fetch-Site": "cross-site" })).status,
    403,
  );
  assert.equal(
    (await app.browser.post(at.url, fields, { Origin: "null", "Sec-Fetch-Site": "cross-site" }))
      .status,
    403,
  );
  assert.equal((await app.browser.post(at.url, { ...fields, form: "" })).status, 403);
  const other = await visitAt(gate);
  assert.equal(
    (await app.browser.post(at.url, { ...fields, form: formTokenOf(other.at.page) })).status,
    403,
  );
  assert.equal((await other.app.browser.post(at.url, fields)).status, 400);
});

test("a form that is larger than any form here is not read to its end", async () => {
  const { app } = await visitAt(gate);
  for (const path of ["/account", "/sign-in/from/elsewhere", "/oauth/challenge"])
    assert.equal(
      (await app.browser.post(`${gate.origin}${path}`, { form: "x".repeat(40_000) })).status,
      path === "/account" ? 303 : 413,
      path,
    );
});

test("no page can be framed, loads anything from elsewhere, or is kept", async () => {
  const { app, at } = await visitAt(gate);
  const answer = await app.browser.get(at.url);
  const policy = answer.headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.match(policy, /form-action 'self' com\.notes\.app:/);
  assert.deepEqual(
    [
      answer.headers.get("x-frame-options"),
      answer.headers.get("referrer-policy"),
      answer.headers.get("cache-control"),
    ],
    ["DENY", "no-referrer", "no-store"],
  );
  for (const [name, { path }] of app.browser.cookies)
    assert.ok(name.startsWith("__Host-") ? path === "/" : name.startsWith("__Secure-"), name);
});

test("somebody who asked for a page in German gets it in German", async () => {
  const { app } = await visitAt(gate);
  const { url } = await app.authorizationUrl({ ui_locales: "de-CH fr" });
  const at = await new Visit(app.browser).open(url);
  assert.match(at.page, /<html lang="de">/);
  assert.match(at.page, /Passwort/);
});
