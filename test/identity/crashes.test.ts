import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeJwt } from "jose";
import { App, oauthError, type Tokens } from "./app.ts";
import { startIdentityGate } from "./identity-gate.ts";

test("killed at any moment under load, the gate loses no token it gave and ends no session by mistake", {
  timeout: 120_000,
}, async () => {
  const gate = await startIdentityGate({ threads: 2 });
  try {
    gate.addUser("ann@notes.example", "--role", "member");
    const apps = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const app = await new App(gate).begin();
        const tokens = await app.signIn("ann@notes.example");
        return { app, token: tokens.refresh_token as string, given: 0 };
      }),
    );
    for (let round = 0; round < 3; round += 1) {
      const working = { stop: false };
      const work = Promise.all(
        apps.map(async (one) => {
          while (!working.stop) {
            const answer: Tokens | undefined = await one.app
              .refresh(one.token)
              .catch(() => undefined);
            if (answer === undefined) continue;
            one.token = answer.refresh_token as string;
            one.given += 1;
          }
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 400));
      const restarted = gate.restart("SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 50));
      working.stop = true;
      await Promise.all([restarted, work]);
      for (const one of apps) {
        const renewed = await one.app.refresh(one.token);
        one.token = renewed.refresh_token as string;
        assert.equal((await one.app.call("/notes", renewed)).status, 200);
      }
    }
    assert.ok(
      apps.every(({ given }) => given > 3),
      JSON.stringify(apps.map(({ given }) => given)),
    );
    assert.ok(!gate.gate.said().includes("incident"));
  } finally {
    gate.close();
  }
});

test("what was revoked stays revoked after a restart, and is known to every thread at once", {
  timeout: 60_000,
}, async () => {
  const gate = await startIdentityGate({ threads: 2 });
  try {
    gate.addUser("ann@notes.example", "--role", "member");
    const app = await new App(gate).begin();
    const tokens = await app.signIn("ann@notes.example");
    assert.equal((await app.call("/notes", tokens)).status, 200);
    gate.command("users", "sign-out", "ann@notes.example");
    await new Promise((resolve) => setTimeout(resolve, 400));
    for (let count = 0; count < 20; count += 1)
      assert.equal((await app.call("/notes", tokens)).code, "token-revoked");
    await gate.restart();
    assert.equal((await app.call("/notes", tokens)).code, "token-revoked");
    assert.equal(await oauthError(app.refresh(tokens.refresh_token as string)), "invalid_grant");
    const after = await new App(gate).begin();
    const fresh = await after.signIn("ann@notes.example");
    assert.equal((await after.call("/notes", fresh)).status, 200);
    gate.command("users", "sign-out", "--everybody");
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.equal((await after.call("/notes", fresh)).code, "token-revoked");
    assert.equal(decodeJwt(fresh.access_token)["generation"], 0);
  } finally {
    gate.close();
  }
});

test("a store is sealed anew beside a running gate, and does not open with a key that is not its own", {
  timeout: 60_000,
}, async () => {
  const [one, two] = [
    Buffer.alloc(32, 1).toString("base64"),
    Buffer.alloc(32, 2).toString("base64"),
  ];
  const environment: { PORTCULLIS_KEY: string } = { PORTCULLIS_KEY: one };
  const gate = await startIdentityGate({ environment });
  try {
    gate.addUser("ann@notes.example", "--role", "member");
    const app = await new App(gate).begin();
    const tokens = await app.signIn("ann@notes.example");
    environment.PORTCULLIS_KEY = `${two},${one}`;
    assert.match(gate.command("keys", "reseal").out, /\d+ rows are sealed/);
    assert.match(gate.command("keys", "reseal").out, /^0 rows/);
    environment.PORTCULLIS_KEY = one;
    await assert.rejects(gate.restart(), /sealed with a key that is not here/);
    environment.PORTCULLIS_KEY = two;
    await gate.restart();
    assert.equal(
      (await app.call("/notes", await app.refresh(tokens.refresh_token as string))).status,
      200,
    );
  } finally {
    gate.close();
  }
});
