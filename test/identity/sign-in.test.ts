import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { App, oauthError } from "./app.ts";
import { type IdentityGate, startIdentityGate } from "./identity-gate.ts";

let gate: IdentityGate;
let ann: string;

before(async () => {
  gate = await startIdentityGate();
  ann = gate.addUser("ann@notes.example", "--role", "member");
});
after(() => gate.close());

test("an independent client signs in with code, PKCE and DPoP, calls the API, refreshes, and calls again", async () => {
  const app = await new App(gate).begin();
  const tokens = await app.signIn("ann@notes.example");
  assert.equal(tokens.token_type, "dpop");
  const claims = decodeJwt(tokens.access_token);
  assert.equal(decodeProtectedHeader(tokens.access_token).typ, "at+jwt");
  assert.deepEqual(
    [
      claims.iss,
      claims.aud,
      claims.sub,
      claims["client_id"],
      claims["roles"],
      claims["acr"],
      claims["amr"],
      claims["generation"],
    ],
    [gate.origin, gate.audience, ann, "notes-app", ["member"], "pwd", ["pwd"], 0],
  );
  assert.equal(claims["scope"], "notes:read notes:write");
  assert.equal((claims.exp ?? 0) - (claims.iat ?? 0), 600);
  assert.equal((await app.call("/notes", tokens)).status, 200);
  const renewed = await app.refresh(tokens.refresh_token as string);
  assert.notEqual(renewed.refresh_token, tokens.refresh_token);
  assert.equal(decodeJwt(renewed.access_token)["generation"], 1);
  assert.equal((await app.call("/notes", renewed)).status, 200);
});

test("a wrong password, and an address nobody has, are answered alike", async () => {
  const app = await new App(gate).begin();
  const pages: string[] = [];
  for (const email of ["ann@notes.example", "nobody@notes.example"]) {
    const { url } = await app.authorizationUrl();
    const { page = "", status } = await app.throughPassword(url, email, "not the password at all");
    assert.equal(status, 400);
    pages.push(page.replaceAll(email, "X").replaceAll(/value="[\w-]{43}"|sign-in\/[\w-]+/g, ""));
  }
  assert.equal(pages[0], pages[1]);
});

test("a token without a key gets no refresh token, because anybody could use it", async () => {
  const app = await new App(gate).begin(false);
  const tokens = await app.signIn("ann@notes.example");
  assert.equal(tokens.refresh_token, undefined);
  assert.equal((await app.call("/notes", tokens)).status, 200);
});

test("a stolen refresh token is worth nothing to another key", async () => {
  const app = await new App(gate).begin();
  const tokens = await app.signIn("ann@notes.example");
  const thief = await new App(gate).begin();
  assert.equal(await oauthError(thief.refresh(tokens.refresh_token as string)), "invalid_grant");
  assert.equal(
    (await app.call("/notes", await app.refresh(tokens.refresh_token as string))).status,
    200,
  );
});

test("roles that are taken away are gone within a second, and the app notices nothing but a refresh", async () => {
  const id = gate.addUser("boss@notes.example", "--role", "admin");
  const app = await new App(gate).begin();
  let tokens = await app.signIn("boss@notes.example");
  assert.equal((await app.call("/admin", tokens)).status, 200);
  assert.equal(gate.command("users", "roles", id, "--role", "member").status, 0);
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal((await app.call("/admin", tokens)).code, "token-outdated");
  tokens = await app.refresh(tokens.refresh_token as string);
  assert.equal((await app.call("/admin", tokens)).code, "role-insufficient");
  assert.equal((await app.call("/notes", tokens)).status, 200);
});

test("signing out by command ends the session and its tokens within a second", async () => {
  gate.addUser("carl@notes.example", "--role", "member");
  const app = await new App(gate).begin();
  const tokens = await app.signIn("carl@notes.example");
  assert.equal((await app.call("/notes", tokens)).status, 200);
  assert.match(gate.command("users", "sign-out", "carl@notes.example").out, /1 session/);
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal((await app.call("/notes", tokens)).code, "token-revoked");
  assert.equal(await oauthError(app.refresh(tokens.refresh_token as string)), "invalid_grant");
});

interface Asked {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function admin(
  method: string,
  path: string,
  body?: unknown,
  token = readFileSync(gate.gate.adminTokenFile, "utf8").trim(),
): Promise<Asked> {
  const answer = await fetch(`http://127.0.0.1:${gate.gate.adminPort}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test("administrators change clients over the admin API, and what cannot be one is refused by name", async () => {
  const made = await admin("POST", "/clients", {
    id: "ledger",
    kind: "service",
    scopes: ["notes:read"],
  });
  assert.deepEqual(
    [made.status, made.body["kind"], typeof made.body["secret"]],
    [201, "service", "string"],
  );
  await new Promise((resolve) => setTimeout(resolve, 1300));
  const ask = async (): Promise<Asked> => {
    const answer = await gate.fetch(`${gate.origin}/oauth/token`, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        Authorization: `Basic ${Buffer.from(`ledger:${String(made.body["secret"])}`).toString("base64")}`,
      },
      body: "grant_type=client_credentials&scope=notes:read",
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const given = await ask();
  assert.equal(given.status, 200, JSON.stringify(given.body));
  const call = async (): Promise<number> =>
    (
      await gate.fetch(`${gate.origin}/notes`, {
        headers: { Authorization: `Bearer ${String(given.body["access_token"])}` },
      })
    ).status;
  assert.equal(await call(), 200);
  assert.equal((await admin("PATCH", "/clients/ledger", { disabled: true })).status, 200);
  await new Promise((resolve) => setTimeout(resolve, 1300));
  assert.equal(await call(), 401);
  assert.equal((await ask()).status, 401);
  for (const wish of [
    { id: "x", kind: "robot" },
    { id: "../x", kind: "web", redirectUris: ["https://x.example/"] },
    { id: "x", kind: "native", redirectUris: ["myapp:/x"] },
    { id: "x", kind: "web", redirectUris: ["http://x.example/"] },
    { id: "x", kind: "web", redirectUris: ["https://*.example/"] },
    { id: "x", kind: "native", redirectUris: ["com.x.app:/y"], secret: true },
    { id: "x", kind: "service" },
    { id: "notes-app", kind: "web", redirectUris: ["https://x.example/"] },
    { id: "ledger", kind: "service", scopes: ["a"] },
    { id: "x", kind: "web", redirectURIs: [] },
    [],
  ])
    assert.equal((await admin("POST", "/clients", wish)).status, 400, JSON.stringify(wish));
  assert.equal((await admin("DELETE", "/clients/ledger")).status, 200);
  assert.equal((await admin("DELETE", "/clients/notes-app")).status, 400);
  assert.match(
    JSON.stringify((await admin("GET", "/clients")).body),
    /"id":"notes-app","kind":"native","from":"policy"/,
  );
  assert.equal((await admin("GET", "/clients", undefined, "x".repeat(43))).status, 401);
});

test("administrators change people over the admin API, with its own credential, and misspelt wishes are refused", async () => {
  assert.equal((await admin("GET", "/users", undefined, "x".repeat(43))).status, 401);
  const id = gate.addUser("dora@notes.example", "--role", "member");
  const app = await new App(gate).begin();
  const tokens = await app.signIn("dora@notes.example");
  assert.equal((await admin("PATCH", `/users/${id}`, { role: ["admin"] })).status, 400);
  assert.equal((await admin("PATCH", `/users/${id}`, { roles: ["emperor"] })).status, 400);
  assert.deepEqual((await admin("PATCH", `/users/${id}`, { roles: ["admin"] })).body["roles"], [
    "admin",
  ]);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const renewed = await app.refresh(tokens.refresh_token as string);
  assert.equal((await app.call("/admin", renewed)).status, 200);
  assert.equal((await admin("DELETE", `/users/${id}/sessions`)).body["ended"], 1);
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal((await app.call("/admin", renewed)).code, "token-revoked");
  assert.equal((await admin("DELETE", "/users/dora@notes.example")).status, 200);
  assert.equal((await admin("GET", `/users/${id}`)).status, 404);
  assert.match(
    JSON.stringify((await admin("GET", "/audit")).body),
    /"actor":"admin","action":"user-removed"/,
  );
  assert.equal(
    (await admin("POST", "/users", { email: "eve@notes.example", roles: ["member"] })).status,
    201,
  );
  assert.equal((await admin("POST", "/users", { email: "eve@notes.example" })).status, 400);
});
