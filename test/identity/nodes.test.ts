import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import pg from "pg";
import { test } from "../parts/test.ts";
import { App, oauthError } from "./app.ts";
import { freshDatabase } from "./fresh-database.ts";
import { type IdentityGate, startIdentityGate } from "./identity-gate.ts";

const key = Buffer.alloc(32, 9).toString("base64");

test("two nodes on one PostgreSQL and Redis act as one: sessions, proofs, nonces, revocations", {
  needs: ["postgres", "redis"],
  timeout: 90_000,
}, async ({ postgres, redis }) => {
  const store = await freshDatabase(postgres);
  const environment = { PORTCULLIS_KEY: key };
  let origin = "";
  const one = await startIdentityGate({
    environment,
    change: (policy) => {
      origin = /publicUrl: (\S+)/.exec(policy)?.[1] ?? "";
      return policy.replace("store: ./state/portcullis.db", `store: ${store}\nstate: ${redis}`);
    },
  });
  const two = await startIdentityGate({
    environment,
    change: (policy) =>
      policy
        .replace(/publicUrl: \S+/, `publicUrl: ${origin}`)
        .replace("store: ./state/portcullis.db", `store: ${store}\nstate: ${redis}`),
  });
  /** The same public address, answered by the other node. */
  const throughTwo: IdentityGate = Object.assign(Object.create(two) as IdentityGate, {
    origin,
    fetch: ((input: string | URL, init?: RequestInit) =>
      two.fetch(String(input).replace(origin, two.origin), init)) as typeof fetch,
  });
  try {
    one.addUser("ann@notes.example", "--role", "member");
    const app = await new App(one).begin();
    const tokens = await app.signIn("ann@notes.example");
    const other = await new App(throughTwo).begin(false);
    other.useKey(app.keys as NonNullable<typeof app.keys>);
    assert.equal((await app.call("/notes", tokens)).status, 200);
    assert.equal((await other.call("/notes", tokens)).status, 200, "issued at one, taken at two");
    const renewed = await other.refresh(tokens.refresh_token as string);
    assert.equal((await app.call("/notes", renewed)).status, 200, "renewed at two, taken at one");
    const again = await app.refresh(tokens.refresh_token as string).catch(() => undefined);
    assert.equal(
      again?.refresh_token,
      renewed.refresh_token,
      "a lost answer of two is given again by one",
    );
    const both = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? app : other)
          .refresh(renewed.refresh_token as string)
          .catch((fault: unknown) => String(fault)),
      ),
    );
    assert.equal(
      new Set(both.map((answer) => (typeof answer === "string" ? answer : answer.refresh_token)))
        .size,
      1,
      JSON.stringify(both.filter((answer) => typeof answer === "string")),
    );

    one.command("users", "sign-out", "ann@notes.example");
    const from = performance.now();
    let seen = "";
    while (performance.now() - from < 1000 && seen !== "token-revoked")
      seen = (await other.call("/notes", renewed)).code ?? "";
    assert.equal(seen, "token-revoked", "ended by one, refused by two within a second");
    assert.equal(
      await oauthError(other.refresh((both[0] as { refresh_token: string }).refresh_token)),
      "invalid_grant",
    );
  } finally {
    one.close();
    two.close();
  }
});

test("while PostgreSQL is away the gate goes on serving who is signed in, says so to the admin, and sign-in comes back with it", {
  needs: ["postgres"],
  timeout: 60_000,
}, async ({ postgres }) => {
  const store = await freshDatabase(postgres);
  const gate = await startIdentityGate({
    environment: { PORTCULLIS_KEY: key },
    change: (policy) => policy.replace("./state/portcullis.db", store),
  });
  try {
    gate.addUser("ann@notes.example", "--role", "member");
    const app = await new App(gate).begin();
    const tokens = await app.signIn("ann@notes.example");
    const admin = new pg.Client({ connectionString: postgres });
    await admin.connect();
    const name = new URL(store).pathname.slice(1);
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
    );
    assert.equal((await app.call("/notes", tokens)).status, 200);
    assert.notEqual(
      await oauthError(app.refresh(tokens.refresh_token as string)),
      "invalid_grant",
      "an outage is no end of a session",
    );
    const { adminPort, adminTokenFile } = gate.gate;
    const people = await fetch(`http://127.0.0.1:${adminPort}/users`, {
      headers: { Authorization: `Bearer ${readFileSync(adminTokenFile, "utf8").trim()}` },
    });
    const { traceId } = (await people.json()) as { traceId: string };
    assert.equal(people.status, 500, "an outage is no fault of who asks");
    assert.match(gate.gate.said(), new RegExp(`admin: listUsers failed, trace ${traceId}: `));
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await admin.end();
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(
      (await app.call("/notes", await app.refresh(tokens.refresh_token as string))).status,
      200,
    );
  } finally {
    gate.close();
  }
});
