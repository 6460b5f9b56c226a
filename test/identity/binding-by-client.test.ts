import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decodeJwt } from "jose";
import { App } from "./app.ts";
import { type IdentityGate, startIdentityGate } from "./identity-gate.ts";

// With `binding: dpop`, a token of an app that anybody can copy names a key; a service's need not.
let gate: IdentityGate;
const email = "ann@notes.example";

before(async () => {
  gate = await startIdentityGate({
    change: (policy) => policy.replace("binding: optional", "binding: dpop"),
  });
  gate.addUser(email, "--role", "member");
});
after(() => gate.close());

test("an app without a secret is given no token that is bound to nothing", async () => {
  const bound = await new App(gate).begin();
  const tokens = await bound.signIn(email);
  assert.equal((await bound.call("/notes", tokens)).status, 200);
  assert.equal(decodeJwt(tokens.access_token)["client_confidential"], undefined);
  const keyless = await new App(gate).begin(false);
  await assert.rejects(keyless.signIn(email));
});

test("a service is served with a token that names no key", async () => {
  const words = ["add", "reports", "--kind", "service", "--secret", "--scope", "notes:read"];
  const { secret } = JSON.parse(gate.command("clients", ...words, "--json").out) as {
    readonly secret: string;
  };
  // A client that was added is known within a second.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const basic = Buffer.from(`reports:${secret}`);
  const answer = await gate.fetch(`${gate.origin}/oauth/token`, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      Authorization: `Basic ${basic.toString("base64")}`,
    },
    body: "grant_type=client_credentials&scope=notes%3Aread",
  });
  const { access_token: token } = (await answer.json()) as { readonly access_token: string };
  assert.equal(decodeJwt(token)["client_confidential"], true);
  const called = await gate.fetch(`${gate.origin}/notes`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  assert.equal(called.status, 200);
});
