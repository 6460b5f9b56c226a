import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type Server } from "node:http";
import { connect as http2Connect } from "node:http2";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { after, before, test } from "node:test";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { WebSocket, WebSocketServer } from "ws";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-edges-"));
const long = { items: Array.from({ length: 200 }, (_, index) => ({ id: index, name: `item ${index}` })) };
const certFile = join(directory, "tls.crt");
const keyFile = join(directory, "tls.key");
let backend: Server;
let sockets: WebSocketServer;
let gate: StartedGate;
let cleartextPort = 0;
let asked = 0;

function makeCertificate(name: string): void {
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", keyFile, "-out", certFile], { stdio: "ignore" });
}

before(async () => {
  backend = createServer((request, response) => {
    asked += 1;
    if (request.url?.startsWith("/long") === true) {
      response.writeHead(200, { "Content-Type": "application/json", ...(request.url.includes("cookie") ? { "Set-Cookie": "a=b" } : {}) }).end(request.method === "HEAD" ? undefined : JSON.stringify(long));
      return;
    }
    if (request.url?.startsWith("/trailers") === true) {
      response.writeHead(200, { "Content-Type": "text/plain", Trailer: "X-Checksum" });
      response.write("body");
      response.addTrailers({ "X-Checksum": "abc" });
      response.end();
      return;
    }
    const version = request.headers["x-api-version"];
    let bytes = 0;
    request.on("data", (part: Buffer) => (bytes += part.length)).on("end", () => response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ bytes, version })));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => backend.once("listening", resolve));
  sockets = new WebSocketServer({ noServer: true });
  backend.on("upgrade", (request, socket, head) => {
    if (request.url?.includes("refuse") === true) {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (one) => one.on("message", (data, isBinary) => one.send(data, { binary: isBinary })));
  });
  const item = "{ type: object, properties: { id: { type: integer }, name: { type: string } } }";
  writeFileSync(
    join(directory, "openapi.yaml"),
    `openapi: 3.1.0
info: { title: Edges, version: "1" }
security: []
paths:
  /long:
    get:
      operationId: long
      parameters: [{ name: cookie, in: query, schema: { type: string } }]
      responses: { "200": { description: ok, content: { application/json: { schema: { type: object, properties: { items: { type: array, items: ${item} } } } } } } }
  /trailers: { get: { operationId: trailers, responses: { "200": { description: ok, content: { text/plain: {} } } } } }
  /json: { post: { operationId: json, requestBody: { content: { application/json: { schema: { type: object } } } }, responses: { "200": { description: ok } } } }
  /bare/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    delete: { operationId: remove, responses: { "200": { description: ok } } }
    post: { operationId: act, requestBody: { content: { application/json: { schema: { type: object } } } }, responses: { "200": { description: ok } } }
    put: { operationId: put, requestBody: { required: true, content: { application/json: { schema: { type: object } } } }, responses: { "200": { description: ok } } }
  /bytes: { post: { operationId: bytes, requestBody: { content: { "*/*": {} } }, responses: { "200": { description: ok } } } }
  /live: { get: { operationId: live, parameters: [{ name: refuse, in: query, schema: { type: string } }], responses: { "101": { description: switching } } } }
`,
  );
  makeCertificate("first");
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1
mode: enforce
publicUrl: https://api.example
listen: { port: 0, threads: 1, tls: { cert: tls.crt, key: tls.key, cleartextPort: 0, cleartext: redirect, hsts: { maxAge: 30d, includeSubDomains: true } } }
admin: { port: 0 }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:${(backend.address() as AddressInfo).port}" }]
operations:
  - { match: long, entityTags: true }
  - { match: json, maxBodySize: 1kB }
`,
  );
  // The helper reads the local authority's file; this gate has a certificate of its own.
  const state = join(directory, "state");
  execFileSync("mkdir", ["-p", state]);
  writeFileSync(join(state, "local-ca.crt"), readFileSync(certFile));
  gate = await startGate(["--config", join(directory, "portcullis.yaml")], state);
  cleartextPort = Number(/port (\d+) answers/.exec(gate.said())?.[1]);
});
after(() => {
  gate.process.kill("SIGKILL");
  sockets.close();
  backend.closeAllConnections();
  backend.close();
});

interface Got {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
  readonly trailers: NodeJS.Dict<string>;
}

function send(path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest({ host: "127.0.0.1", port: gate.port, path, ca: readFileSync(certFile), servername: "localhost", method: options.method ?? "GET", headers: options.headers ?? {} }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part)).on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts), trailers: response.trailers }));
    }).on("error", reject);
    outgoing.end(options.body);
  });
}

test("an answer leaves encoded in what the app takes, and says so", async () => {
  for (const [coding, decode] of [["gzip", gunzipSync], ["br", brotliDecompressSync], ["zstd", zstdDecompressSync]] as const) {
    const got = await send("/long", { headers: { "Accept-Encoding": coding } });
    assert.equal(got.headers["content-encoding"], coding);
    assert.equal(got.headers["vary"], "Accept-Encoding");
    assert.deepEqual(JSON.parse(decode(got.body).toString()), long);
    assert.ok(got.body.length < 2000);
  }
  assert.equal((await send("/long", { headers: { "Accept-Encoding": "gzip;q=0, br;q=0.0" } })).headers["content-encoding"], undefined);
  assert.equal((await send("/long")).headers["content-encoding"], undefined);
});

test("an answer with a cookie is not encoded, because its length would speak of the secret", async () => {
  assert.equal((await send("/long?cookie=1", { headers: { "Accept-Encoding": "gzip" } })).headers["content-encoding"], undefined);
});

test("a GET that has the validator is answered with 304, per coding", async () => {
  const first = await send("/long");
  const tag = String(first.headers["etag"]);
  assert.match(tag, /^"[A-Za-z0-9_-]{27}"$/);
  const again = await send("/long", { headers: { "If-None-Match": `"other", ${tag}` } });
  assert.equal(again.status, 304);
  assert.equal(again.body.length, 0);
  assert.equal(again.headers["etag"], tag);
  assert.equal((await send("/long", { headers: { "If-None-Match": tag, "Accept-Encoding": "gzip" } })).status, 200);
  assert.equal((await send("/long", { method: "HEAD", headers: { "If-None-Match": tag } })).status, 200);
});

test("a request without a body is one over HTTP/1.1 and HTTP/2, however its end is told, and a body where none is declared is refused", async () => {
  const session = http2Connect(`https://localhost:${gate.port}`, { ca: readFileSync(certFile) });
  const overHttp2 = (method: string, body: "with the head" | "by an empty frame" | "{}"): Promise<number> =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ":method": method, ":path": "/bare/1" }, { endStream: body === "with the head" });
      stream.on("response", (headers) => resolve(Number(headers[":status"]))).on("error", reject).resume();
      if (body === "by an empty frame") stream.end();
      else if (body === "{}") stream.end("{}");
    });
  const overHttp1 = async (method: string, headers: Record<string, string>, body?: string): Promise<number> => (await send("/bare/1", { method, headers, ...(body === undefined ? {} : { body }) })).status;
  for (const end of ["with the head", "by an empty frame"] as const) {
    assert.equal(await overHttp2("DELETE", end), 200, `DELETE ended ${end}`);
    assert.equal(await overHttp2("POST", end), 200, `POST ended ${end}`);
    assert.equal(await overHttp2("PUT", end), 400, `PUT ended ${end}`);
  }
  assert.equal(await overHttp2("DELETE", "{}"), 400);
  assert.equal(await overHttp2("POST", "{}"), 415);
  session.close();
  assert.equal(await overHttp1("DELETE", {}), 200);
  assert.equal(await overHttp1("DELETE", { "Transfer-Encoding": "chunked" }), 200);
  assert.equal(await overHttp1("POST", { "Transfer-Encoding": "chunked" }), 200);
  assert.equal(await overHttp1("DELETE", { "Transfer-Encoding": "chunked" }, "{}"), 400);
  assert.equal(await overHttp1("DELETE", { "Content-Length": "2" }, "{}"), 400);
});

test("trailers reach the app", async () => {
  assert.deepEqual({ ...(await send("/trailers", { headers: { TE: "trailers" } })).trailers }, { "x-checksum": "abc" });
});

test("a caller that waits for leave is told to go on, or refused before it sends a byte", async () => {
  const waits = (path: string, headers: Record<string, string>): Promise<string> =>
    new Promise((resolve, reject) => {
      let continued = false;
      const outgoing = httpsRequest({ host: "127.0.0.1", port: gate.port, path, ca: readFileSync(certFile), servername: "localhost", method: "POST", headers: { Expect: "100-continue", ...headers } }, (response) => {
        response.resume().on("end", () => resolve(`${continued ? "continued " : ""}${response.statusCode}`));
      }).on("error", reject);
      outgoing.on("continue", () => {
        continued = true;
        outgoing.end("{}");
      });
      outgoing.flushHeaders();
    });
  assert.equal(await waits("/json", { "Content-Type": "application/json", "Content-Length": "2" }), "continued 200");
  assert.equal(await waits("/bytes", { "Content-Type": "image/png", "Content-Length": "2" }), "continued 200");
  assert.equal(await waits("/json", { "Content-Type": "application/json", "Content-Length": "5000" }), "413");
  assert.equal(await waits("/nothing", { "Content-Type": "application/json", "Content-Length": "2" }), "404");
});

test("a WebSocket passes the journey, and then its bytes both ways", async () => {
  const open = (path: string): Promise<WebSocket> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`wss://localhost:${gate.port}${path}`, { ca: readFileSync(certFile) });
      socket.once("open", () => resolve(socket)).once("error", reject);
    });
  const socket = await open("/live");
  const echoed = new Promise((resolve) => socket.once("message", (data) => resolve((data as Buffer).toString())));
  socket.send("hello");
  assert.equal(await echoed, "hello");
  const large = new Promise((resolve) => socket.once("message", (data) => resolve((data as Buffer).length)));
  socket.send(Buffer.alloc(1_000_000, 7));
  assert.equal(await large, 1_000_000);
  socket.close();
  await assert.rejects(open("/live?refuse=1"), /403/);
  await assert.rejects(open("/live?undeclared=1"), /400/);
  await assert.rejects(open("/long"), /400/);
  await assert.rejects(open("/nothing"), /404/);
});

test("a handshake that is none does not reach the backend", async () => {
  const askedBefore = asked;
  const refused = await send("/live", { headers: { Connection: "Upgrade", Upgrade: "websocket" } });
  assert.equal(refused.status, 400);
  assert.match(refused.body.toString(), /upgrade-refused/);
  assert.equal(asked, askedBefore);
});

test("the cleartext port serves nothing: browsers are sent away, tokens refused, all counted", async () => {
  const plain = (headers: Record<string, string>): Promise<Got> =>
    new Promise((resolve, reject) => {
      httpRequest({ host: "127.0.0.1", port: cleartextPort, path: "/long?a=1", headers }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part)).on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts), trailers: {} }));
      }).on("error", reject).end();
    });
  const sent = await plain({});
  assert.equal(sent.status, 308);
  assert.equal(sent.headers["location"], "https://api.example/long?a=1");
  const token = await plain({ Authorization: "Bearer x" });
  assert.equal(token.status, 403);
  assert.match(token.body.toString(), /cleartext-refused/);
  const metrics = await (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text();
  assert.match(metrics, /portcullis_cleartext_requests_total 2/);
});

test("every answer says that only encrypted connections are served", async () => {
  const expected = "max-age=2592000; includeSubDomains";
  assert.equal((await send("/long")).headers["strict-transport-security"], expected);
  assert.equal((await send("/nothing")).headers["strict-transport-security"], expected);
});

test("a changed certificate is seen by new connections, and those that stand go on", async () => {
  const subject = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = tlsConnect({ host: "127.0.0.1", port: gate.port, rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      }).on("error", reject);
    });
  const live = new WebSocket(`wss://localhost:${gate.port}/live`, { ca: readFileSync(certFile) });
  await new Promise((resolve) => live.once("open", resolve));
  assert.equal(await subject(), "first");
  writeFileSync(keyFile, "half a key");
  await new Promise((resolve) => setTimeout(resolve, 900));
  assert.equal(await subject(), "first");
  assert.match(gate.said(), /the changed certificate is not used/);
  makeCertificate("second");
  for (let tries = 0; tries < 60 && (await subject()) !== "second"; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await subject(), "second");
  const echoed = new Promise((resolve) => live.once("message", (data) => resolve((data as Buffer).toString())));
  live.send("still here");
  assert.equal(await echoed, "still here");
  live.close();
});
