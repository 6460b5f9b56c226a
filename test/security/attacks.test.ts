import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect as http2Connect } from "node:http2";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Bank } from "../../examples/harbour/bank/server.ts";
import { type GatedBank, startGatedBank } from "../../examples/harbour/gated-bank.ts";
import type { StartedGate } from "../../examples/harbour/gate.ts";
import type { Send } from "../../examples/harbour/send.ts";

let started: GatedBank;
let bank: Bank;
let gate: StartedGate;
let send: Send;
let token = "";

before(async () => {
  started = await startGatedBank();
  ({ bank, gate } = started);
  send = started.through();
  token = await started.login("ann", "correct horse");
});
after(() => started.close());

const codeOf = (body: unknown): string => String((body as { code?: unknown } | null)?.code);

async function pay(
  body: Buffer | string,
  type = "application/json",
  headers: Record<string, string> = {},
): Promise<string> {
  const { body: answer, status } = await send("POST", "/v1/payments", {
    token,
    bytes: Buffer.from(body),
    type,
    headers,
  });
  return status === 201 ? "passed" : codeOf(answer);
}

const good = '{"accountId":"a-1","toIban":"NL45HARB0000000003","amount":1}';

test("bodies with two readings, or none, are refused; the plain one passes", async () => {
  assert.equal(await pay(good), "passed");
  assert.equal(await pay(good.replace('"amount":1', '"amount":1,"amount":9999')), "body-ambiguous");
  assert.equal(
    await pay(good.replace('"amount":1', '"amount":1,"\\u0061mount":9999')),
    "body-ambiguous",
  );
  assert.equal(await pay(good.replace("1}", "1e999}")), "body-ambiguous");
  assert.equal(
    await pay(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(good)])),
    "body-malformed",
  );
  assert.equal(await pay(Buffer.from(good, "utf16le")), "body-malformed");
  assert.equal(await pay(good.replace("a-1", "a-1\\ud800")), "body-ambiguous");
  assert.equal(await pay(Buffer.from(good.replace("NL45", "N\xff45"), "latin1")), "body-ambiguous");
  assert.equal(await pay(`${"[".repeat(100_000)}${"]".repeat(100_000)}`), "body-ambiguous");
  assert.equal(await pay(`${good} trailing`), "body-malformed");
  assert.equal(await pay("null"), "request-invalid");
  assert.equal(
    await pay(good.replace('"amount":1', '"amount":1,"__proto__":{"status":"settled"}')),
    "request-invalid",
  );
  assert.equal(
    await pay(good.replace('"amount":1', '"amount":1,"constructor":1')),
    "request-invalid",
  );
  assert.equal(await pay(good.replace('"amount":1', '"amount":"1"')), "request-invalid");
  assert.equal(await pay(good.replace('"amount":1', '"amount":1.5')), "request-invalid");
  assert.equal(await pay(good.replace('"amount":1', '"amount":-1')), "request-invalid");
});

test("a body that only the backend could unpack is not passed on, however small the bomb", async () => {
  assert.equal(
    await pay(gzipSync(Buffer.alloc(50_000_000)), "application/json", {
      "Content-Encoding": "gzip",
    }),
    "body-encoding-unsupported",
  );
  assert.equal(
    await pay(good, "application/json", { "Content-Encoding": "gzip, identity" }),
    "body-encoding-unsupported",
  );
});

test("media types that mean another body to another program are refused", async () => {
  for (const type of [
    "text/plain",
    "application/json, text/xml",
    "application/json; charset=utf-7",
    "application/xml",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-8; charset=utf-16",
    "application/ json",
  ])
    assert.equal(await pay(good, type), "media-type-unsupported", type);
});

test("a large body is refused by its announced length, and by its bytes where it announces none", async () => {
  assert.equal(await pay(Buffer.alloc(2_000_000, 0x20)), "body-too-large");
  const session = http2Connect(`https://localhost:${gate.port}`, { ca: gate.ca });
  const status = await new Promise<number>((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": "/v1/payments",
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    });
    stream
      .on("response", (headers) => resolve(Number(headers[":status"])))
      .on("error", (fault) => reject(fault));
    for (let part = 0; part < 40; part += 1) stream.write(Buffer.alloc(65_536, 0x20));
    stream.resume();
  });
  session.destroy();
  assert.equal(status, 413);
});

test("tokens that are confused, embedded, expired or doubled are refused, and none reaches the backend", async () => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<
    string,
    unknown
  >;
  const jwks = (await (await fetch(`${bank.issuer.url}/jwks`)).json()) as { keys: object[] };
  const hs = `${part({ alg: "HS256", typ: "at+jwt", kid: "harbour-1" })}.${payload}`;
  const outcome = async (presented: string): Promise<string> =>
    codeOf((await send("GET", "/v1/accounts/a-1", { token: presented })).body);
  assert.equal(
    await outcome(`${part({ alg: "none", typ: "at+jwt" })}.${payload}.`),
    "token-malformed",
  );
  assert.equal(
    await outcome(
      `${hs}.${createHmac("sha256", JSON.stringify(jwks.keys[0])).update(hs).digest("base64url")}`,
    ),
    "token-algorithm-refused",
  );
  assert.equal(
    await outcome(
      `${part({ alg: "ES256", typ: "at+jwt", kid: "harbour-1", jwk: jwks.keys[0] })}.${payload}.${signature}`,
    ),
    "token-malformed",
  );
  assert.equal(
    await outcome(`${header}.${part({ ...claims, sub: "c-1002" })}.${signature}`),
    "token-signature-invalid",
  );
  assert.equal(
    await outcome(
      `${part({ alg: "ES256", typ: "at+jwt", kid: "unknown" })}.${payload}.${signature}`,
    ),
    "token-key-unknown",
  );
  assert.equal(await outcome(`${header}.${payload}.${signature}=`), "token-malformed");
  assert.equal(await outcome(`${header}.${payload}.`), "token-malformed");
  assert.equal(await outcome("undefined"), "token-malformed");
  assert.equal(await outcome(`${token}, Bearer ${token}`), "credential-malformed");
});

test("what a caller calls its properties is not written into the record", async () => {
  await pay(good.replace("}", ',"ann@example.com":1}'));
  const admin = readFileSync(gate.adminTokenFile, "utf8").trim();
  let text = "";
  for (let tries = 0; tries < 40 && !text.includes("(name)"); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    text = await (
      await fetch(`http://127.0.0.1:${gate.adminPort}/records?most=1000&operation=createPayment`, {
        headers: { Authorization: `Bearer ${admin}` },
      })
    ).text();
  }
  assert.match(text, /body \/\(name\) undeclared/);
  assert.ok(!text.includes("ann@example.com"));
  assert.ok(!text.includes(token));
});

test("guessing is bounded per account and per address, and the owner of the account is not locked out elsewhere", async () => {
  let refused = 0;
  for (let guess = 0; guess < 12; guess += 1) {
    const { headers, status } = await send("POST", "/v1/sessions", {
      json: { username: "Ben", password: `wrong-${guess}` },
    });
    if (status !== 429) continue;
    refused += 1;
    assert.ok(Number(headers["retry-after"]) >= 1);
    assert.match(String(headers["ratelimit"]), /^"address\+body";r=0;t=\d+/);
  }
  assert.equal(refused, 7);
  assert.equal(
    (await send("POST", "/v1/sessions", { json: { username: "ann", password: "correct horse" } }))
      .status,
    201,
  );
});

test("ten thousand callers and ten thousand invented builds leave the gate serving, and its metrics bounded", async () => {
  const session = http2Connect(`https://localhost:${gate.port}`, { ca: gate.ca });
  for (let batch = 0; batch < 100; batch += 1) {
    await Promise.all(
      Array.from(
        { length: 100 },
        (_, index) =>
          new Promise<void>((resolve, reject) => {
            const stream = session.request({
              ":path": "/v1/accounts",
              "portcullis-app": `invented/${batch}.${index}`,
              authorization: `Bearer a.b${batch}.c${index}`,
            });
            stream
              .on("error", reject)
              .on("close", () => resolve())
              .resume()
              .end();
          }),
      ),
    );
  }
  session.close();
  assert.equal((await send("GET", "/v1/accounts/a-1", { token })).status, 200);
  const metrics = await (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text();
  assert.ok(metrics.length < 500_000, `${metrics.length}`);
});
