import assert from "node:assert/strict";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { exportJWK, SignJWT } from "jose";
import { Agent, fetch as undiciFetch } from "undici";
import { selfSigned } from "../certificate.ts";
import { App } from "./app.ts";
import { freePort, type IdentityGate, startIdentityGate } from "./identity-gate.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const folder = mkdtempSync(join(tmpdir(), "portcullis-client-keys-"));
const email = "ann@notes.example";
const certificates = new Map<string, Awaited<ReturnType<typeof selfSigned>>>();
let gate: IdentityGate;

before(async () => {
  const file = join(folder, "keys.json");
  writeFileSync(file, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "one" }] }));
  for (const name of ["batch", "thief"]) certificates.set(name, await selfSigned(name));
  const crt = join(folder, "batch.crt");
  writeFileSync(crt, certificates.get("batch")?.certificate ?? "");
  gate = await startIdentityGate({
    change: (policy) =>
      policy.replace(
        "apps:\n",
        `apps:\n  - { id: batch, kind: web, redirectUris: ["https://batch.example/in"], keys: { certificate: ${crt} }, serves: [https://notes.example] }\n  - { id: console, kind: web, redirectUris: ["https://console.example/in"], keys: { file: ${file} }, serves: [https://notes.example] }\n`,
      ),
  });
  gate.addUser(email, "--role", "member");
});
after(() => gate.close());

const assertion = (change: Readonly<Record<string, unknown>> = {}, key = privateKey) =>
  new SignJWT({
    iss: "console",
    sub: "console",
    aud: gate.origin,
    jti: randomUUID(),
    exp: Math.floor(Date.now() / 1000) + 60,
    ...change,
  })
    .setProtectedHeader({ alg: "ES256", kid: "one" })
    .sign(key);

async function introspect(
  fields: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const answer = await gate.fetch(`${gate.origin}/oauth/introspect`, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const proven = (text: string): Readonly<Record<string, string>> => ({
  client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  client_assertion: text,
});

test("an app's server proves who it is by its key, once with each assertion (RFC 7523)", async () => {
  const { access_token: token } = await (await new App(gate).begin()).signIn(email);
  const first = await assertion();
  assert.equal((await introspect({ token, ...proven(first) })).body["active"], true);
  assert.equal((await introspect({ token, ...proven(first) })).status, 401, "a replay");
  const raced = await assertion();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => introspect({ token, ...proven(raced) })),
  );
  assert.equal(answers.filter(({ body }) => body["active"] === true).length, 1);
});

test("an assertion of another key, for another issuer, of another app or too late proves nothing", async () => {
  const past = Math.floor(Date.now() / 1000) - 10;
  const cases = [
    await assertion({}, stranger),
    await assertion({ aud: "https://elsewhere.example" }),
    await assertion({ iss: "notes-app" }),
    await assertion({ exp: past }),
    await assertion({ exp: undefined }),
    await assertion({ jti: undefined }),
  ];
  for (const text of cases) {
    const { body, status } = await introspect({ token: "x", ...proven(text) });
    assert.deepEqual([status, body["error"]], [401, "invalid_client"], text);
  }
});

test("who has keys is not taken without them, and a secret is not taken for them", async () => {
  assert.equal((await introspect({ token: "x", client_id: "console" })).status, 401);
  const basic = { token: "x", client_id: "console", client_secret: "anything" };
  assert.equal((await introspect(basic)).status, 401);
});

test("an app's server proves who it is by the certificate of its connection, and by no other and no header (RFC 8705)", async () => {
  const { access_token: token } = await (await new App(gate).begin()).signIn(email);
  const ask = async (who: string | undefined, headers: object = {}): Promise<unknown> => {
    const shown = who === undefined ? undefined : certificates.get(who);
    const dispatcher = new Agent({
      connect: { ca: gate.gate.ca, cert: shown?.certificate, key: shown?.key },
    });
    const answer = await undiciFetch(`${gate.origin}/oauth/introspect`, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers },
      body: new URLSearchParams({ token, client_id: "batch" }).toString(),
      dispatcher,
    });
    const body = (await answer.json()) as Record<string, unknown>;
    await dispatcher.close();
    return body["active"] ?? body["error"];
  };
  assert.equal(await ask("batch"), true);
  assert.equal(await ask("thief"), "invalid_client");
  assert.equal(await ask(undefined), "invalid_client");
  const claimed = (certificates.get("batch")?.certificate ?? "").replaceAll(
    /-----[^-]+-----|\s/g,
    "",
  );
  assert.equal(
    await ask("thief", { "Portcullis-Client-Certificate": claimed }),
    "invalid_client",
    "what a header claims",
  );
});

test("a file that holds a private key, or no keys, keeps the program from starting, and says why", async () => {
  const cases: [unknown, RegExp][] = [
    [{ keys: [await exportJWK(privateKey)] }, /no set of public keys/],
    [{ keys: [] }, /no set of public keys/],
    ["", /no set of public keys/],
  ];
  for (const [content, expected] of cases) {
    const file = join(folder, `bad-${await freePort()}.json`);
    writeFileSync(file, JSON.stringify(content));
    const change = (policy: string): string =>
      policy.replace(
        "apps:\n",
        `apps:\n  - { id: bad, kind: web, redirectUris: ["https://bad.example/in"], keys: { file: ${file} } }\n`,
      );
    await assert.rejects(
      startIdentityGate({ change }).then((started) => started.close()),
      expected,
    );
  }
});
