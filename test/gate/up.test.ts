import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect as http2Connect } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { after, before, test } from "node:test";

const directory = mkdtempSync(join(tmpdir(), "portcullis-up-"));
const main = join(import.meta.dirname, "..", "..", "packages", "server", "src", "cli", "main.ts");
const node = ["--conditions=@portcullis/source", main];
const document = join(directory, "openapi.yaml");
writeFileSync(
  document,
  `openapi: 3.0.3
info: { title: Bank, version: v1 }
servers: [{ url: "https://api.example/v1" }]
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
  /rates: { get: { operationId: getRates, security: [], parameters: [{ name: of, in: query, schema: { type: string } }], responses: { "200": { description: ok } } } }
  /echo: { post: { operationId: echo, security: [], requestBody: { content: { "*/*": {} } }, responses: { "200": { description: ok } } } }
  /accounts/{id}: { get: { operationId: getAccount, security: [{ token: [] }], parameters: [{ name: id, in: path, required: true, schema: { type: string } }], responses: { "200": { description: ok } } } }
  /forgotten: { get: { operationId: forgotten, responses: { "200": { description: ok } } } }
`,
);

let backend: Server;
let gate: ChildProcess;
let port = 0;
let adminPort = 0;
const seen: { method: string | undefined; url: string | undefined; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];

before(async () => {
  backend = createServer((request, response) => {
    let body = "";
    request.setEncoding("latin1").on("data", (part: string) => (body += part)).on("end", () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      response.writeHead(200, { "Content-Type": "application/json", Server: "secret/1.0" }).end(JSON.stringify({ bytes: body.length }));
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => backend.once("listening", resolve));
  const upstream = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  gate = spawn(process.execPath, [...node, "up", "--openapi", document, "--upstream", upstream, "--mode", "enforce", "--port", "0", "--admin-port", "0", "--threads", "2", "--directory", join(directory, "state")], { stdio: ["ignore", "pipe", "pipe"] });
  gate.stdout?.resume();
  await new Promise<void>((resolve, reject) => {
    let text = "";
    gate.stderr?.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      port = Number(/https:\/\/localhost:(\d+)/.exec(text)?.[1] ?? 0);
      adminPort = Number(/127\.0\.0\.1:(\d+) \(\/healthz/.exec(text)?.[1] ?? 0);
      if (port > 0 && adminPort > 0) resolve();
    });
    gate.once("exit", () => reject(new Error(`the gate did not start: ${text}`)));
  });
});
after(() => {
  gate.kill("SIGKILL");
  backend.close();
});

const ca = (): string => readFileSync(join(directory, "state", "local-ca.crt"), "utf8");

interface Got {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

function send(path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    httpsRequest({ host: "127.0.0.1", port, path, ca: ca(), method: options.method ?? "GET", headers: options.headers ?? {} }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (part: string) => (body += part)).on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    }).on("error", reject).end(options.body);
  });
}
const codeOf = (got: Got): string => (JSON.parse(got.body) as { code: string }).code;

test("a declared request passes over TLS 1.3, and the backend sees what the gate vouches for", async () => {
  const got = await send("/v1/rates?of=EUR", { headers: { "Portcullis-Identity": "forged", "X-Forwarded-For": "198.51.100.7", "X-Kept": "yes" } });
  assert.equal(got.status, 200);
  assert.equal(got.headers["server"], undefined);
  const last = seen.at(-1);
  assert.equal(last?.url, "/v1/rates?of=EUR");
  assert.equal(last?.headers["portcullis-identity"], undefined);
  assert.equal(last?.headers["x-forwarded-for"], "127.0.0.1");
  assert.equal(last?.headers["x-kept"], "yes");
  assert.match(String(last?.headers["traceparent"]), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});

test("the same over HTTP/2, with a body streamed through", async () => {
  const session = http2Connect(`https://127.0.0.1:${port}`, { ca: ca(), servername: "localhost" });
  const body = await new Promise<string>((resolve, reject) => {
    const stream = session.request({ ":method": "POST", ":path": "/v1/echo", "content-type": "application/octet-stream" });
    let text = "";
    stream.setEncoding("utf8").on("data", (part: string) => (text += part)).on("end", () => resolve(text)).on("error", reject);
    for (let part = 0; part < 64; part += 1) stream.write(Buffer.alloc(16_384, part));
    stream.end();
  });
  session.close();
  assert.deepEqual(JSON.parse(body), { bytes: 64 * 16_384 });
});

test("what no document names, and what nobody wrote a rule for, does not reach the backend", async () => {
  const seenBefore = seen.length;
  assert.equal(codeOf(await send("/v1/debug/env")), "operation-unknown");
  const wrongMethod = await send("/v1/rates", { method: "DELETE" });
  assert.equal(codeOf(wrongMethod), "method-not-allowed");
  assert.equal(wrongMethod.headers["allow"], "GET, HEAD");
  assert.equal(codeOf(await send("/v1/forgotten")), "rule-missing");
  const anonymous = await send("/v1/accounts/7");
  assert.equal(anonymous.status, 401);
  assert.equal(anonymous.headers["www-authenticate"], "Bearer");
  assert.equal(seen.length, seenBefore);
});

test("a request with two readings is refused before it is routed", async () => {
  const seenBefore = seen.length;
  for (const path of ["/v1/../admin", "/v1//rates", "/v1/%2e%2e/rates", "/v1/rates%2f", "/v1/rates;x=1", "/v1/rates%00", "/v1/%c0%af"]) assert.equal(codeOf(await send(path)), "path-malformed", path);
  assert.equal(codeOf(await send("/v1/rates", { headers: { Portcullis_Identity: "forged" } })), "header-malformed");
  assert.equal(codeOf(await send("/v1/rates", { headers: { Connection: "authorization" } })), "header-malformed");
  assert.equal(seen.length, seenBefore);
});

/** Bytes as no client library would send them. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = tlsConnect({ host: "127.0.0.1", port, ca: ca(), servername: "localhost", ALPNProtocols: ["http/1.1"] }, () => socket.write(text));
    let answer = "";
    socket.setEncoding("latin1").on("data", (part: string) => (answer += part)).on("close", () => resolve(answer)).on("error", () => resolve(answer));
    socket.setTimeout(5000, () => socket.destroy());
  });
}

test("framing that two parsers could read differently is refused, and nothing reaches the backend", async () => {
  const seenBefore = seen.length;
  const start = "POST /v1/echo HTTP/1.1\r\nHost: localhost\r\n";
  const attacks: Readonly<Record<string, string>> = {
    "length and chunked": `${start}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "two lengths": `${start}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`,
    "negative length": `${start}Content-Length: -1\r\n\r\n`,
    "unknown coding": `${start}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    "obs-fold": `${start}X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n`,
    "bare LF": "GET /v1/rates HTTP/1.1\nHost: localhost\n\n",
    "space before colon": `${start}Content-Length : 0\r\n\r\n`,
    "NUL in a value": `${start}X-A: b\u0000c\r\nContent-Length: 0\r\n\r\n`,
    "no host": "GET /v1/rates HTTP/1.1\r\n\r\n",
  };
  for (const [name, text] of Object.entries(attacks)) assert.match(await raw(text), /^HTTP\/1\.1 4\d\d /, name);
  assert.equal(seen.length, seenBefore);
  assert.equal((await send("/v1/rates")).status, 200);
});

test("absolute and authority forms of the target are not served", async () => {
  assert.match(await raw("GET http://evil.example/v1/rates HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), /target-unsupported/);
  assert.doesNotMatch(await raw("CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n"), /^HTTP\/1\.1 2/);
});

test("TLS 1.2 is not spoken unless it is asked for", async () => {
  const code = await new Promise<string | undefined>((resolve) => {
    const socket = tlsConnect({ host: "127.0.0.1", port, ca: ca(), servername: "localhost", maxVersion: "TLSv1.2" }, () => resolve("connected"));
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  assert.notEqual(code, "connected");
});

test("each request leaves one record that names the template, never the path or a token", async () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  await send("/v1/accounts/secret-account-id", { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, Authorization: "Bearer secret-token" } });
  const token = readFileSync(join(directory, "state", "admin-token"), "utf8").trim();
  const deadline = Date.now() + 5000;
  let records: { operation: string; code: string; path: string }[] = [];
  while (records.length === 0 && Date.now() < deadline) {
    const answer = await fetch(`http://127.0.0.1:${adminPort}/records?traceId=${traceId}`, { headers: { Authorization: `Bearer ${token}` } });
    const body = await answer.text();
    assert.doesNotMatch(body, /secret/);
    records = JSON.parse(body) as typeof records;
  }
  assert.equal(records.length, 1);
  assert.deepEqual([records[0]?.operation, records[0]?.code, records[0]?.path], ["getAccount", "credential-missing", "/v1/accounts/{id}"]);
});

test("keys and tokens of the first start are readable by their owner only", () => {
  for (const name of ["local-tls.key", "admin-token"]) assert.equal(statSync(join(directory, "state", name)).mode & 0o777, 0o600, name);
});

const cli = (...args: string[]): { code: number | null; out: string; err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, ...args], { encoding: "utf8", env: { ...process.env, PORTCULLIS_ENV: "production" } });
  return { code: status, out: stdout, err: stderr };
};

test("check prints who may enter each operation, and finds the one without a rule", () => {
  const { code, out } = cli("lint", "--openapi", document);
  assert.equal(code, 1);
  assert.match(out, /getRates +GET +\/v1\/rates +anyone/);
  assert.match(out, /forgotten +GET +\/v1\/forgotten +no rule/);
  const json = JSON.parse(cli("check", "--openapi", document, "--json").out) as { operations: unknown[] };
  assert.equal(json.operations.length, 4);
});

test("a mistake at the command line is answered with what to type next, and exit code 2", () => {
  assert.match(cli("chekc").err, /did you mean 'check'\?/);
  assert.match(cli("up", "--upstrem", "http://x").err, /did you mean '--upstream'\?/);
  assert.match(cli("up", "--openapi", document).err, /no backend was named/);
  assert.match(cli("check", "--openapi", join(directory, "absent.yaml")).err, /absent\.yaml:1:1 {2}error {2}the file does not exist/);
  assert.equal(cli("up", "--openapi", document, "--upstream", "not a url").code, 2);
});

test("a certificate that only this machine trusts is refused in production", () => {
  const { code, err } = cli("up", "--openapi", document, "--upstream", "http://127.0.0.1:1", "--port", "0", "--admin-port", "0", "--directory", join(directory, "prod"));
  assert.equal(code, 2);
  assert.match(err, /PORTCULLIS_ENV=production refuses/);
});
