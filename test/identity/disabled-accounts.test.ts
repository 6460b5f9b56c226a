import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { App, oauthError } from "./app.ts";
import { type IdentityGate, startIdentityGate } from "./identity-gate.ts";

const email = "dora@notes.example";
let gate: IdentityGate;

before(async () => {
  gate = await startIdentityGate();
  gate.addUser(email, "--role", "member");
});
after(() => gate.close());

/** When each code that was given and not yet redeemed ends, in milliseconds. */
function endsOfCodes(): readonly number[] {
  const db = new DatabaseSync(join(gate.directory, "state", "portcullis.db"), { readOnly: true });
  try {
    return db
      .prepare("SELECT expires_at FROM oidc_records WHERE model = 'AuthorizationCode'")
      .all()
      .map((row) => row["expires_at"] as number);
  } finally {
    db.close();
  }
}

test("a code lives for a minute", async () => {
  const app = await new App(gate).begin();
  const askedAt = Date.now();
  await app.authorize(email);
  const [ends = Number.NaN, ...more] = endsOfCodes();
  assert.deepEqual(more, []);
  // The provider counts in whole seconds.
  assert.ok(ends >= askedAt + 58_000 && ends <= Date.now() + 61_000, `${ends - askedAt} ms`);
});

test("who is disabled gets nothing: not for the password, not for a code, not for a refresh token", async () => {
  const app = await new App(gate).begin();
  const tokens = await app.signIn(email);
  const authorized = await app.authorize(email);
  assert.equal(gate.command("users", "disable", email).status, 0);

  assert.equal(await oauthError(app.redeem(authorized)), "invalid_grant");
  assert.equal(await oauthError(app.refresh(tokens.refresh_token as string)), "invalid_grant");
  const other = await new App(gate).begin();
  const { url } = await other.authorizationUrl();
  const { left, status } = await other.throughPassword(url, email);
  assert.deepEqual([left, status], [undefined, 400]);

  assert.equal(gate.command("users", "enable", email).status, 0);
  assert.ok((await other.signIn(email)).access_token.length > 0);
});
