import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startGatedBank } from "../../examples/harbour/gated-bank.ts";
import { main, startGate, type StartedGate } from "../../examples/harbour/gate.ts";
import { App } from "./app.ts";
import { freePort, type IdentityGate, startIdentityGate } from "./identity-gate.ts";

const key = Buffer.alloc(32, 9).toString("base64");

test("tokens of an issuer elsewhere are ended by command too", { timeout: 60_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-elsewhere-"));
  const bank = await startGatedBank({
    change: (policy) => `${policy}\nstore: ${join(directory, "portcullis.db")}\n`,
    environment: { ...process.env, PORTCULLIS_KEY: key },
  });
  try {
    const token = await bank.login("ann", "correct horse");
    assert.equal((await bank.through()("GET", "/v1/accounts", { token })).status, 200);
    const subject = (
      JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { sub: string }
    ).sub;
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        "--conditions=@portcullis/source",
        "--disable-warning=ExperimentalWarning",
        main,
        "users",
        "sign-out",
        subject,
        "--config",
        bank.policyFile,
        "--directory",
        directory,
      ],
      { encoding: "utf8", env: { ...process.env, PORTCULLIS_KEY: key } },
    );
    assert.equal(status, 0, stderr);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(
      ((await bank.through()("GET", "/v1/accounts", { token })).body as { code: string }).code,
      "token-revoked",
    );
  } finally {
    bank.close();
  }
});

test("how long the tokens of an issuer elsewhere live is measured by every gate thread", {
  timeout: 60_000,
}, async () => {
  const bank = await startGatedBank({ threads: 2 });
  try {
    const token = await bank.login("ann", "correct horse");
    assert.equal((await bank.through()("GET", "/v1/accounts", { token })).status, 200);
    let text = "";
    while (!text.includes("portcullis_token_life_seconds_count"))
      text = await (await fetch(`http://127.0.0.1:${bank.gate.adminPort}/metrics`)).text();
    assert.match(text, /^portcullis_token_life_seconds_bucket\{le="\+Inf"\} 1$/m);
    assert.match(text, /^portcullis_token_age_seconds_bucket\{le="60"\} 1$/m);
  } finally {
    bank.close();
  }
});

test("an issuer elsewhere that binds its tokens is held to it at the gate", {
  timeout: 60_000,
}, async () => {
  const elsewhere = await startIdentityGate();
  const directory = mkdtempSync(join(tmpdir(), "portcullis-bound-"));
  const backend = createServer((_request, response) =>
    response.writeHead(200, { "Content-Type": "application/json" }).end("{}"),
  );
  await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
  writeFileSync(
    join(directory, "openapi.json"),
    JSON.stringify({
      openapi: "3.1.0",
      info: { title: "x", version: "1" },
      components: { securitySchemes: { app: { type: "http", scheme: "bearer" } } },
      security: [{ app: [] }],
      paths: {
        "/notes": { get: { operationId: "listNotes", responses: { 200: { description: "ok" } } } },
      },
    }),
  );
  const jwks = await (await elsewhere.fetch(`${elsewhere.origin}/oauth/jwks`)).json();
  const keys = createServer((_request, response) =>
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(jwks)),
  );
  await new Promise<void>((resolve) => keys.listen(0, "127.0.0.1", resolve));
  const port = await freePort();
  const portOf = (server: typeof keys): number => (server.address() as AddressInfo).port;
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1
mode: enforce
publicUrl: https://localhost:${port}
apis: [{ openapi: ./openapi.json, upstream: http://127.0.0.1:${portOf(backend)} }]
identity:
  issuer: ${elsewhere.origin}
  jwksUri: http://127.0.0.1:${portOf(keys)}/
  audience: https://notes.example
  accessToken: { binding: dpop }
operations: [{ match: listNotes, allow: { scopes: [notes:read] } }]
`,
  );
  let gate: StartedGate | undefined;
  try {
    elsewhere.addUser("ann@notes.example", "--role", "member");
    gate = await startGate(
      [
        "--config",
        join(directory, "portcullis.yaml"),
        "--port",
        String(port),
        "--admin-port",
        "0",
        "--threads",
        "1",
      ],
      join(directory, "state"),
    );
    const { Agent, fetch: send } = await import("undici");
    const agent = new Agent({ connect: { ca: gate.ca } });
    const at = `https://localhost:${port}`;
    const bound = await new App(elsewhere).begin();
    const tokens = await bound.signIn("ann@notes.example");
    const here: IdentityGate = Object.assign(Object.create(elsewhere) as IdentityGate, {
      origin: at,
      fetch: ((input: string, init?: object) =>
        send(input, { ...init, dispatcher: agent })) as unknown as typeof fetch,
    });
    const app = new App(here);
    app.useKey(bound.keys as NonNullable<typeof bound.keys>);
    for (let tries = 0; tries < 40 && (await app.call("/notes", tokens)).status === 503; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal((await app.call("/notes", tokens)).status, 200);
    const thief = new App(here);
    thief.useKey((await new App(elsewhere).begin()).keys as NonNullable<typeof bound.keys>);
    assert.equal((await thief.call("/notes", tokens)).code, "proof-invalid");
    const unbound = await (await new App(elsewhere).begin(false)).signIn("ann@notes.example");
    assert.equal(
      (
        (await (
          await send(`${at}/notes`, {
            dispatcher: agent,
            headers: { Authorization: `Bearer ${unbound.access_token}` },
          })
        ).json()) as { code: string }
      ).code,
      "token-unbound",
    );
    await agent.destroy();
  } finally {
    gate?.process.kill("SIGKILL");
    elsewhere.close();
    backend.close();
    keys.close();
  }
});
