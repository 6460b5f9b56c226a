import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect as http2Connect } from "node:http2";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";

const document = `openapi: 3.1.0
info: { title: Bodies, version: "1" }
security: []
paths:
  /bytes:
    post:
      operationId: bytes
      requestBody: { content: { "*/*": {} } }
      responses: { "200": { description: ok } }
  /NAME:
    get: { operationId: named, responses: { "200": { description: ok } } }
`;

const hosts: string[] = [];
/** Bytes of each request's body, by its sender: what comes late still belongs to its own. */
const received = new Map<string, number[]>();
const backend = createServer((incoming, response) => {
  hosts.push(
    `${incoming.headers.host ?? ""} ${String(incoming.headers["x-forwarded-host"] ?? "")}`,
  );
  const bodies = received.get(incoming.headers["user-agent"] ?? "") ?? [];
  received.set(incoming.headers["user-agent"] ?? "", bodies);
  const own = bodies.push(0) - 1;
  incoming
    .on("data", (part: Buffer) => (bodies[own] = (bodies[own] ?? 0) + part.length))
    .on("end", () => response.end("{}"))
    .on("error", () => undefined);
});
const gates: StartedGate[] = [];

async function startWith(upstream: string, rest = ""): Promise<StartedGate> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-hosts-"));
  writeFileSync(join(directory, "openapi.yaml"), document.replace("/NAME", "/named"));
  const port = (backend.address() as AddressInfo).port;
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1
mode: enforce
${rest}
listen: { port: 0, threads: 1 }
admin: { port: 0 }
apis: [{ openapi: openapi.yaml, upstream: ${upstream.replace("TARGET", `"http://127.0.0.1:${port}"`)} }]
operations: [{ match: bytes, maxBodySize: 64KiB }]
`,
  );
  const gate = await startGate(
    ["--config", join(directory, "portcullis.yaml")],
    join(directory, "state"),
  );
  gates.push(gate);
  return gate;
}

let kept: StartedGate;
before(async () => {
  await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
  kept = await startWith("TARGET", "publicUrl: https://api.example\nhosts: [LOCALHOST]");
});
after(() => {
  for (const gate of gates) gate.process.kill("SIGKILL");
  backend.closeAllConnections();
  backend.close();
});

const ask = (gate: StartedGate, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    httpsRequest(
      {
        host: "127.0.0.1",
        port: gate.port,
        ca: gate.ca,
        servername: "localhost",
        path: "/named",
        headers: { Host: host },
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    )
      .on("error", reject)
      .end();
  });

test("the backend is told the caller's host in one spelling, and only a name of the API's own", async () => {
  const rows: readonly (readonly [sent: string, told: string])[] = [
    ["api.example", "api.example"],
    ["API.example", "api.example"],
    ["api.example.", "api.example"],
    ["api.example:8443", "api.example:8443"],
    ["localhost", "localhost"],
  ];
  for (const [sent, told] of rows) {
    hosts.length = 0;
    assert.equal(await ask(kept, sent), 200, sent);
    assert.deepEqual(hosts, [`${told} `]);
  }
  hosts.length = 0;
  for (const foreign of ["evil.example", "api.example.evil.example", "127.0.0.1", "xapi.example"])
    assert.equal(await ask(kept, foreign), 421, foreign);
  for (const none of [
    "a@api.example",
    "api.example/b?c#d",
    "api.example:0",
    "api.example:99999",
    "api..example",
    "[::1",
    "api.example, evil.example",
  ])
    assert.equal(await ask(kept, none), 400, none);
  assert.deepEqual(hosts, []);
});

test("a backend may be told its own host or a name, and then learns the caller's beside it", async () => {
  const port = (backend.address() as AddressInfo).port;
  const own = await startWith("{ targets: TARGET, host: target }");
  hosts.length = 0;
  assert.equal(await ask(own, "anything.example"), 200);
  const fixed = await startWith("{ targets: TARGET, host: api.internal }");
  assert.equal(await ask(fixed, "anything.example"), 200);
  assert.deepEqual(hosts, [`127.0.0.1:${port} anything.example`, "api.internal anything.example"]);
});

test("a body that no control reads is bounded too, with or without a length, over both protocols", async () => {
  const chunk = Buffer.alloc(16_384);
  const overHttp1 = (chunks: number, sender: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const outgoing = httpsRequest(
        {
          host: "127.0.0.1",
          port: kept.port,
          ca: kept.ca,
          servername: "localhost",
          path: "/bytes",
          method: "POST",
          headers: {
            Host: "localhost",
            "User-Agent": sender,
            "Content-Type": "application/octet-stream",
          },
        },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        },
      ).on("error", reject);
      for (let count = 0; count < chunks; count += 1) outgoing.write(chunk);
      outgoing.end();
    });
  const overHttp2 = (chunks: number, sender: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const session = http2Connect(`https://localhost:${kept.port}`, { ca: kept.ca });
      session.on("error", reject);
      const stream = session.request({
        ":method": "POST",
        ":path": "/bytes",
        "user-agent": sender,
        "content-type": "application/octet-stream",
      });
      stream
        .on("response", (headers) => {
          resolve(Number(headers[":status"]));
          session.close();
        })
        .on("error", () => undefined)
        .resume();
      for (let count = 0; count < chunks; count += 1) stream.write(chunk);
      stream.end();
    });
  for (const send of [overHttp1, overHttp2]) {
    assert.equal(await send(4, `${send.name} small`), 200);
    assert.deepEqual(received.get(`${send.name} small`), [65_536], "once");
    assert.equal(await send(64, `${send.name} large`), 413);
    const cut = received.get(`${send.name} large`) ?? [];
    assert.ok(cut.length <= 1, "no body is sent twice");
    assert.ok((cut[0] ?? 0) <= 65_536 + chunk.length, `${cut[0]} bytes reached the backend`);
  }
});
