import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import type { Jwks } from "@portcullis/guard/tokens";
import { openKeySource } from "./key-source.ts";

let issuer: Server;
let base = "";
const answers = new Map<
  string,
  () => { status?: number; body: string; headers?: Record<string, string> }
>();
const asked: string[] = [];

before(async () => {
  issuer = createServer((request, response) => {
    asked.push(request.url ?? "");
    const answer = answers.get(request.url ?? "")?.();
    response
      .writeHead(answer?.status ?? (answer === undefined ? 404 : 200), answer?.headers ?? {})
      .end(answer?.body);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => issuer.once("listening", resolve));
  base = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
});
after(() => {
  issuer.closeAllConnections();
  issuer.close();
});
beforeEach(() => {
  answers.clear();
  asked.length = 0;
});

const jwks = (kid: string): string => JSON.stringify({ keys: [{ kty: "EC", kid }] });

/** Opens a source and waits until it has said something. */
async function opened(
  over: { issuer?: string; jwksUri?: string; refreshMs?: number; leastPauseMs?: number } = {},
): Promise<{ keys: Jwks[]; trouble: string[]; source: ReturnType<typeof openKeySource> }> {
  const keys: Jwks[] = [];
  const trouble: string[] = [];
  const source = await new Promise<ReturnType<typeof openKeySource>>((resolve) => {
    const made = openKeySource({
      issuer: over.issuer ?? base,
      jwksUri: over.jwksUri,
      onKeys: (found) => (keys.push(found), setImmediate(() => resolve(made))),
      onTrouble: (text) => (trouble.push(text), setImmediate(() => resolve(made))),
      ...over,
    });
  });
  return { keys, trouble, source };
}
async function until(condition: () => boolean): Promise<void> {
  for (let count = 0; count < 500 && !condition(); count += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(condition());
}

test("keys are found through the issuer's discovery document", async () => {
  answers.set("/.well-known/openid-configuration", () => ({
    body: JSON.stringify({ issuer: base, jwks_uri: `${base}/keys` }),
  }));
  answers.set("/keys", () => ({ body: jwks("a") }));
  const { keys, source } = await opened();
  assert.equal(keys[0]?.keys[0]?.["kid" as never], "a");
  assert.ok(source.obtained);
  source.close();
});

test("an authorization server's own metadata document serves as well", async () => {
  answers.set("/.well-known/oauth-authorization-server/tenant", () => ({
    body: JSON.stringify({ issuer: `${base}/tenant`, jwks_uri: `${base}/keys` }),
  }));
  answers.set("/keys", () => ({ body: jwks("a") }));
  const { keys, source } = await opened({ issuer: `${base}/tenant` });
  assert.equal(keys.length, 1);
  source.close();
});

test("a document of another issuer, a redirect, nonsense and cleartext are refused with what is wrong", async () => {
  answers.set("/.well-known/openid-configuration", () => ({
    body: JSON.stringify({ issuer: `${base}/`, jwks_uri: `${base}/keys` }),
  }));
  answers.set("/moved", () => ({ status: 302, body: "", headers: { Location: `${base}/keys` } }));
  answers.set("/keys", () => ({ body: jwks("a") }));
  answers.set("/html", () => ({ body: "<html>" }));
  answers.set("/empty", () => ({ body: '{"keys":[]}' }));
  answers.set("/huge", () => ({ body: `{"keys":["${"x".repeat(600_000)}"]}` }));
  const cases: [string | undefined, RegExp][] = [
    [undefined, /must agree to the letter/],
    [`${base}/moved`, /cannot be reached/],
    [`${base}/html`, /not JSON/],
    [`${base}/empty`, /holds no keys/],
    [`${base}/huge`, /larger than/],
    [`${base}/absent`, /answered 404/],
    ["http://issuer.example/keys", /is not https/],
  ];
  for (const [jwksUri, expected] of cases) {
    const { keys, source, trouble } = await opened(jwksUri === undefined ? {} : { jwksUri });
    assert.match(trouble[0] ?? "", expected);
    assert.equal(keys.length, 0);
    assert.equal(source.obtained, false);
    source.close();
  }
});

test("rotated keys arrive, and an outage of the issuer takes none away", async () => {
  let kid = "a";
  let down = false;
  answers.set("/keys", () => (down ? { status: 503, body: "" } : { body: jwks(kid) }));
  const { keys, source, trouble } = await opened({ jwksUri: `${base}/keys`, leastPauseMs: 0 });
  kid = "b";
  source.askAgain();
  await until(() => keys.length === 2);
  down = true;
  source.askAgain();
  await until(() => trouble.length === 1);
  assert.match(trouble[0] ?? "", /the last good ones stay in use/);
  assert.ok(source.obtained);
  assert.equal(keys.length, 2);
  source.close();
});

test("a flood of unknown keys asks the issuer once per pause", async () => {
  answers.set("/keys", () => ({ body: jwks("a") }));
  const { source } = await opened({ jwksUri: `${base}/keys`, leastPauseMs: 60_000 });
  for (let count = 0; count < 1000; count += 1) source.askAgain();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(asked.length, 1);
  source.close();
});
