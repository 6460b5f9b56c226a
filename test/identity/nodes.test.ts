import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import pg from "pg";
import { startGatedBank } from "../../examples/harbour/gated-bank.ts";
import { startGate, type StartedGate } from "../../examples/harbour/gate.ts";
import { spawnSync } from "node:child_process";
import { main } from "../../examples/harbour/gate.ts";
import { App, oauthError } from "./app.ts";
import { type IdentityGate, startIdentityGate } from "./identity-gate.ts";

const postgres = process.env["PORTCULLIS_TEST_POSTGRES"] ?? "postgres://postgres@127.0.0.1/test";
const key = Buffer.alloc(32, 9).toString("base64");

async function freshDatabase(): Promise<string> {
  const client = new pg.Client({ connectionString: postgres });
  await client.connect();
  const name = `portcullis_nodes_${process.pid}`;
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const own = new URL(postgres);
  own.pathname = `/${name}`;
  return own.href;
}

test("two nodes on one PostgreSQL and Redis act as one: sessions, proofs, nonces, revocations", { timeout: 90_000 }, async () => {
  const store = await freshDatabase();
  const environment = { PORTCULLIS_KEY: key };
  const redis = process.env["PORTCULLIS_TEST_REDIS"] ?? "redis://127.0.0.1:6379";
  let origin = "";
  const one = await startIdentityGate({ environment, change: (policy) => {
    origin = /publicUrl: (\S+)/.exec(policy)?.[1] ?? "";
    return policy.replace("store: ./state/portcullis.db", `store: ${store}\nstate: ${redis}`);
  } });
  const two = await startIdentityGate({ environment, change: (policy) => policy.replace(/publicUrl: \S+/, `publicUrl: ${origin}`).replace("store: ./state/portcullis.db", `store: ${store}\nstate: ${redis}`) });
  /** The same public address, answered by the other node. */
  const throughTwo: IdentityGate = Object.assign(Object.create(two) as IdentityGate, { origin, fetch: ((input: string | URL, init?: RequestInit) => two.fetch(String(input).replace(origin, two.origin), init)) as typeof fetch });
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
    assert.equal(again?.refresh_token, renewed.refresh_token, "a lost answer of two is given again by one");
    const both = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? app : other).refresh(renewed.refresh_token as string).catch((fault: unknown) => String(fault))));
    assert.equal(new Set(both.map((answer) => (typeof answer === "string" ? answer : answer.refresh_token))).size, 1, JSON.stringify(both.filter((answer) => typeof answer === "string")));

    one.command("users", "sign-out", "ann@notes.example");
    const from = performance.now();
    let seen = "";
    while (performance.now() - from < 1000 && seen !== "token-revoked") seen = (await other.call("/notes", renewed)).code ?? "";
    assert.equal(seen, "token-revoked", "ended by one, refused by two within a second");
    assert.equal(await oauthError(other.refresh((both[0] as { refresh_token: string }).refresh_token)), "invalid_grant");
  } finally {
    one.close();
    two.close();
  }
});

test("while PostgreSQL is away the gate goes on serving who is signed in, and sign-in comes back with it", { timeout: 60_000 }, async () => {
  const store = await freshDatabase();
  const gate = await startIdentityGate({ environment: { PORTCULLIS_KEY: key }, change: (policy) => policy.replace("./state/portcullis.db", store) });
  try {
    gate.addUser("ann@notes.example", "--role", "member");
    const app = await new App(gate).begin();
    const tokens = await app.signIn("ann@notes.example");
    const admin = new pg.Client({ connectionString: postgres });
    await admin.connect();
    const name = new URL(store).pathname.slice(1);
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    assert.equal((await app.call("/notes", tokens)).status, 200);
    assert.notEqual(await oauthError(app.refresh(tokens.refresh_token as string)), "invalid_grant", "an outage is no end of a session");
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await admin.end();
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal((await app.call("/notes", await app.refresh(tokens.refresh_token as string))).status, 200);
  } finally {
    gate.close();
  }
});

test("tokens of an issuer elsewhere are ended by command too", { timeout: 60_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-elsewhere-"));
  const bank = await startGatedBank({ change: (policy) => `${policy}\nstore: ${join(directory, "portcullis.db")}\n`, environment: { ...process.env, PORTCULLIS_KEY: key } });
  try {
    const token = await bank.login("ann", "correct horse");
    assert.equal((await bank.through()("GET", "/v1/accounts", { token })).status, 200);
    const subject = (JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { sub: string }).sub;
    const { status, stderr } = spawnSync(process.execPath, ["--conditions=@portcullis/source", "--disable-warning=ExperimentalWarning", main, "users", "sign-out", subject, "--config", bank.policyFile, "--directory", directory], { encoding: "utf8", env: { ...process.env, PORTCULLIS_KEY: key } });
    assert.equal(status, 0, stderr);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(((await bank.through()("GET", "/v1/accounts", { token })).body as { code: string }).code, "token-revoked");
  } finally {
    bank.close();
  }
});

test("an issuer elsewhere that binds its tokens is held to it at the gate", { timeout: 60_000 }, async () => {
  const elsewhere = await startIdentityGate();
  const directory = mkdtempSync(join(tmpdir(), "portcullis-bound-"));
  const backend = createServer((_request, response) => response.writeHead(200, { "Content-Type": "application/json" }).end("{}"));
  await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
  writeFileSync(join(directory, "openapi.json"), JSON.stringify({ openapi: "3.1.0", info: { title: "x", version: "1" }, components: { securitySchemes: { app: { type: "http", scheme: "bearer" } } }, security: [{ app: [] }], paths: { "/notes": { get: { operationId: "listNotes", responses: { 200: { description: "ok" } } } } } }));
  const jwks = await (await elsewhere.fetch(`${elsewhere.origin}/oauth/jwks`)).json();
  const keys = createServer((_request, response) => response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(jwks)));
  await new Promise<void>((resolve) => keys.listen(0, "127.0.0.1", resolve));
  const port = await (await import("./identity-gate.ts")).freePort();
  const portOf = (server: typeof keys): number => (server.address() as AddressInfo).port;
  writeFileSync(join(directory, "portcullis.yaml"), `portcullis: 1\nmode: enforce\npublicUrl: https://localhost:${port}\napis: [{ openapi: ./openapi.json, upstream: http://127.0.0.1:${portOf(backend)} }]\nidentity: { issuer: ${elsewhere.origin}, jwksUri: http://127.0.0.1:${portOf(keys)}/, audience: https://notes.example, accessToken: { binding: dpop } }\noperations: [{ match: listNotes, allow: { scopes: [notes:read] } }]\n`);
  let gate: StartedGate | undefined;
  try {
    elsewhere.addUser("ann@notes.example", "--role", "member");
    gate = await startGate(["--config", join(directory, "portcullis.yaml"), "--port", String(port), "--admin-port", "0", "--threads", "1"], join(directory, "state"));
    const { Agent, fetch: send } = await import("undici");
    const agent = new Agent({ connect: { ca: gate.ca } });
    const at = `https://localhost:${port}`;
    const bound = await new App(elsewhere).begin();
    const tokens = await bound.signIn("ann@notes.example");
    const here: IdentityGate = Object.assign(Object.create(elsewhere) as IdentityGate, { origin: at, fetch: ((input: string, init?: object) => send(input, { ...init, dispatcher: agent })) as unknown as typeof fetch });
    const app = new App(here);
    app.useKey(bound.keys as NonNullable<typeof bound.keys>);
    for (let tries = 0; tries < 40 && (await app.call("/notes", tokens)).status === 503; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal((await app.call("/notes", tokens)).status, 200);
    const thief = new App(here);
    thief.useKey((await new App(elsewhere).begin()).keys as NonNullable<typeof bound.keys>);
    assert.equal((await thief.call("/notes", tokens)).code, "proof-invalid");
    const unbound = await (await new App(elsewhere).begin(false)).signIn("ann@notes.example");
    assert.equal(((await (await send(`${at}/notes`, { dispatcher: agent, headers: { Authorization: `Bearer ${unbound.access_token}` } })).json()) as { code: string }).code, "token-unbound");
    await agent.destroy();
  } finally {
    gate?.process.kill("SIGKILL");
    elsewhere.close();
    backend.close();
    keys.close();
  }
});
