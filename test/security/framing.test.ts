import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect as tlsConnect } from "node:tls";
import { type GatedBank, startGatedBank } from "../../examples/harbour/gated-bank.ts";
import type { StartedGate } from "../../examples/harbour/gate.ts";
import type { Send } from "../../examples/harbour/send.ts";

let started: GatedBank;
let gate: StartedGate;
let send: Send;
let token = "";

before(async () => {
  started = await startGatedBank();
  ({ gate } = started);
  send = started.through();
  token = await started.login("ann", "correct horse");
});
after(() => started.close());

const good = '{"accountId":"a-1","toIban":"NL45HARB0000000003","amount":1}';

/** What comes back for bytes as they are. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = tlsConnect(
      {
        host: "127.0.0.1",
        port: gate.port,
        servername: "localhost",
        ca: gate.ca,
        ALPNProtocols: ["http/1.1"],
      },
      () => socket.write(Buffer.from(text, "latin1")),
    );
    socket.setTimeout(3000, () => socket.destroy());
    socket
      .setEncoding("latin1")
      .on("data", (chunk: string) => (answer += chunk))
      .on("close", () => resolve(answer))
      .on("error", () => resolve(answer));
  });
}
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
const request = (target: string, headers = "", method = "GET"): string =>
  `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n${headers}Connection: close\r\n\r\n`;

test("no spelling of a path reaches another operation than the one that was checked", async () => {
  assert.equal(statusOf(await raw(request("/v1/accounts/a-1"))), 200);
  for (const target of [
    "/v1/accounts/../admin/customers",
    "/v1/accounts/%2e%2e/admin/customers",
    "/v1/accounts/%2E%2E%2Fadmin%2Fcustomers",
    "/v1/accounts/..;/admin/customers",
    "/v1//admin/customers",
    "/v1/./admin/customers",
    "/v1\\admin\\customers",
    "/v1/admin%5ccustomers",
    "/v1/accounts/a-1%00",
    "/v1/accounts/a-1%0d%0aX:1",
    "/v1/accounts/a-1;x=1",
    "/v1/accounts/%61-1%252e",
    "/V1/accounts/a-1",
    "/v1/Accounts/a-1",
    "/v1/accounts/a-1/",
    "/v1/accounts/%ff",
    "/v1/accounts/a%CC%8A",
    "http://127.0.0.1/v1/accounts/a-1",
    "//evil.example/v1/accounts/a-1",
    "/v1/accounts/a-1#x",
    "/v1/accounts/a-1%E2%80%A8",
  ])
    assert.notEqual(statusOf(await raw(request(target))), 200, target);
  // One more spelling of the same path: unreserved characters, escaped.
  assert.equal(statusOf(await raw(request("/v1/accounts/%61-1"))), 200);
});

test("tricks with methods and header fields are refused or do nothing", async () => {
  for (const [text, expected] of [
    [request("/v1/accounts/a-1", "X-HTTP-Method-Override: DELETE\r\n"), 200],
    [request("/v1/accounts/a-1", "X-Original-URL: /v1/admin/customers\r\n"), 200],
    [request("/v1/accounts/a-1", "Connection: authorization\r\n"), 400],
    [request("/v1/accounts/a-1", "Portcullis_Identity: forged\r\n"), 400],
    [request("/v1/accounts/a-1", `Authorization: Bearer ${token}\r\n`), 400],
    [request("/v1/accounts/a-1", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), 400],
    [request("/v1/accounts/a-1", "Transfer-Encoding: xchunked\r\n"), 400],
    [request("/v1/accounts/a-1", "X: a\r\n b\r\n"), 400],
    [
      request(
        "/v1/accounts/a-1",
        Array.from({ length: 300 }, (_, index) => `X-${index}: a\r\n`).join(""),
      ),
      431,
    ],
    [request("/v1/accounts/a-1", "", "TRACE"), 501],
    [request("/v1/accounts/a-1", "", "CONNECT"), 0],
    [request("/v1/accounts/a-1", "", "get"), 400],
    [request("/v1/accounts/a-1", "", "DELETE"), 405],
  ] as const) {
    const status = statusOf(await raw(text));
    assert.ok(
      status === expected ||
        (expected === 400 && status === 501) ||
        (expected === 0 && status !== 200),
      `${text.split("\r\n")[0]} ${text.split("\r\n")[3]}: ${status}`,
    );
  }
});

test("names of the prototype are names like any other, in fields, queries, cookies and forms", async () => {
  assert.equal(
    statusOf(
      await raw(
        request(
          "/v1/accounts/a-1",
          "__proto__: x\r\nconstructor: y\r\nCookie: __proto__=1; toString=2\r\n",
        ),
      ),
    ),
    200,
  );
  for (const query of ["__proto__=1", "constructor[prototype]=1", "limit[__proto__]=1"])
    assert.equal(statusOf(await raw(request(`/v1/feed?${query}`))), 400, query);
  assert.equal(statusOf(await raw(request("/v1/feed?limit=5"))), 200);
});

test("a body in chunks is bounded like any other, and chunks that can be read in two ways are refused", async () => {
  const chunked = (body: string): string =>
    `POST /v1/payments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${body}`;
  const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
  assert.equal(
    statusOf(await raw(chunked(`${chunk(good.slice(0, 20))}${chunk(good.slice(20))}0\r\n\r\n`))),
    201,
  );
  assert.equal(
    statusOf(await raw(chunked(`${chunk(" ".repeat(65_536)).repeat(20)}0\r\n\r\n`))),
    413,
  );
  for (const broken of [
    `${good.length.toString(16)}\n${good}\r\n0\r\n\r\n`,
    `+${good.length.toString(16)}\r\n${good}\r\n0\r\n\r\n`,
    `0x${good.length.toString(16)}\r\n${good}\r\n0\r\n\r\n`,
    `${good.length.toString(16)};${"x".repeat(40_000)}\r\n${good}\r\n0\r\n\r\n`,
    `ffffffffffffffffff\r\n${good}`,
  ])
    assert.notEqual(statusOf(await raw(chunked(broken))), 201, broken.slice(0, 20));
});

test("a connection that breaks anywhere leaves the gate serving", async () => {
  for (let cut = 1; cut < 400; cut += 7) {
    const text = request("/v1/accounts/a-1").slice(0, cut);
    await new Promise<void>((resolve) => {
      const socket = tlsConnect(
        { host: "127.0.0.1", port: gate.port, servername: "localhost", ca: gate.ca },
        () => {
          socket.write(text);
          setImmediate(() => socket.destroy());
        },
      );
      socket.on("close", () => resolve()).on("error", () => resolve());
    });
  }
  assert.equal((await send("GET", "/v1/accounts/a-1", { token })).status, 200);
});
