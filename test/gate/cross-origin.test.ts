import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before } from "node:test";
import { type GatedBank, startGatedBank } from "../../examples/harbour/gated-bank.ts";
import type { Send, Sent } from "../../examples/harbour/send.ts";
import { test } from "../parts/test.ts";

let started: GatedBank;
let send: Send;
let site: Server;
let origin: string;
const evil = "https://evil.example";

before(async () => {
  site = createServer((_request, response) =>
    response
      .writeHead(200, { "Content-Type": "text/html" })
      .end("<title>the bank's web app</title>"),
  ).listen(0, "127.0.0.1");
  await new Promise((resolve) => site.once("listening", resolve));
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  started = await startGatedBank({
    change: (text) =>
      `${text}\ncors: { origins: ["${origin}", "https://app.harbour.example"], exposeHeaders: [X-Request-Id] }\n`,
  });
  send = started.through();
});
after(() => {
  started.close();
  site.close();
});

const preflight = (path: string, from: string, method = "GET"): Promise<Sent> =>
  send("OPTIONS", path, {
    headers: {
      Origin: from,
      "Access-Control-Request-Method": method,
      "Access-Control-Request-Headers": "authorization,dpop",
    },
  });

test("a preflight of a listed origin is answered by the gate, with the methods and fields of the document", async () => {
  const { headers, status } = await preflight("/v1/accounts/a-1", origin);
  assert.equal(status, 204);
  assert.equal(headers["access-control-allow-origin"], origin);
  assert.match(String(headers["access-control-allow-methods"]), /GET/);
  for (const name of ["Authorization", "DPoP", "Idempotency-Key", "Portcullis-App"])
    assert.match(String(headers["access-control-allow-headers"]), new RegExp(`\\b${name}\\b`));
  assert.equal(headers["vary"], "Origin");
  assert.equal(headers["access-control-max-age"], "3600");
});

test("origins are compared to the letter, and a preflight to nowhere is none", async () => {
  for (const from of [
    evil,
    "https://app.harbour.example.evil",
    "https://APP.harbour.example",
    "https://app.harbour.example:443",
    "http://app.harbour.example",
    "null",
    `${origin}/`,
  ]) {
    const { headers, status } = await preflight("/v1/accounts/a-1", from);
    assert.equal(headers["access-control-allow-origin"], undefined, from);
    assert.equal(status, 405, from);
  }
  assert.equal((await preflight("/v1/nowhere", origin)).status, 404);
  const twice = await send("OPTIONS", "/v1/accounts/a-1", { headers: { Origin: origin } });
  assert.equal(twice.status, 405, "an OPTIONS that asks for no method is no preflight");
});

test("every answer and every refusal says who may read it, and what a backend says of it is not heard", async () => {
  const token = await started.login("ann", "correct horse");
  for (const [path, more, status] of [
    ["/v1/accounts", { token }, 200],
    ["/v1/accounts", {}, 401],
    ["/v1/accounts/a-3", { token }, 404],
    ["/v1/nowhere", {}, 404],
    ["/v1/accounts?x=1", { token }, 400],
  ] as const) {
    const mine = await send("GET", path, { ...more, headers: { Origin: origin } });
    assert.equal(mine.status, status, path);
    assert.equal(mine.headers["access-control-allow-origin"], origin, path);
    assert.match(String(mine.headers["access-control-expose-headers"]), /WWW-Authenticate/);
    assert.match(String(mine.headers["access-control-expose-headers"]), /DPoP-Nonce/);
    assert.match(String(mine.headers["access-control-expose-headers"]), /X-Request-Id/);
    const theirs = await send("GET", path, { ...more, headers: { Origin: evil } });
    assert.equal(theirs.headers["access-control-allow-origin"], undefined, path);
    assert.match(String(theirs.headers["vary"]), /Origin/);
  }
});

test("a page of a listed origin calls the API in a real browser and reads the refusal's fields; another page reads nothing", {
  needs: ["chromium"],
  timeout: 30_000,
}, async ({ chromium }) => {
  const token = await started.login("ann", "correct horse");
  const page = await chromium.newPage();
  await page.goto(origin);
  const ask = (): Promise<unknown> =>
    page.evaluate(
      async ([url, bearer]) => {
        const read = async (headers: Record<string, string>): Promise<unknown> => {
          const answer = await fetch(`${url}/v1/accounts`, { headers });
          return [
            answer.status,
            answer.headers.get("WWW-Authenticate")?.split(" ")[0] ?? null,
            ((await answer.json()) as { code?: string }).code ?? "read",
          ];
        };
        return [
          await read({ Authorization: `Bearer ${bearer}`, DPoP: "none" }).catch(String),
          await read({ "Portcullis-App": "harbour-web/1.0.0" }).catch(String),
        ];
      },
      [`https://localhost:${started.gate.port}`, token] as const,
    );
  assert.deepEqual(await ask(), [
    [200, null, "read"],
    [401, "Bearer", "credential-missing"],
  ]);
  await page.goto(origin.replace("127.0.0.1", "localhost"));
  assert.deepEqual(await ask(), ["TypeError: Failed to fetch", "TypeError: Failed to fetch"]);
});
