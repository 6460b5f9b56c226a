import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-answers-"));
const text =
  '{"id":12345678901234567890,"amount":1.10,"tiny":1e-7,"secret":"s","list":[{"amount":0.1000000000000000055,"secret":1}]}';
const shown =
  '{"id":12345678901234567890,"amount":1.10,"tiny":1e-7,"list":[{"amount":0.1000000000000000055}]}';
const packed: Readonly<Record<string, readonly [string | undefined, Buffer, string?]>> = {
  plain: [undefined, Buffer.from(text)],
  gzip: ["gzip", gzipSync(text)],
  deflate: ["deflate", deflateSync(text)],
  br: ["br", brotliCompressSync(text)],
  zstd: ["zstd", zstdCompressSync(text)],
  "gzip in capitals": ["GZIP", gzipSync(text)],
  bomb: ["gzip", gzipSync(Buffer.alloc(50_000_000, 0x20))],
  twice: ["gzip, br", brotliCompressSync(gzipSync(text))],
  cut: ["gzip", gzipSync(text).subarray(0, 20)],
  "no JSON": [undefined, Buffer.from(`${text}<script>`)],
  large: [undefined, Buffer.from(`{"id":1,"secret":"${"x".repeat(20_000)}"}`)],
};
let backend: Server;
let gate: StartedGate | undefined;

before(async () => {
  backend = createServer((incoming, response) => {
    const [, kind = "", way = ""] = decodeURIComponent(incoming.url ?? "").split("/");
    const [coding, bytes] = packed[way] ?? [undefined, Buffer.alloc(0)];
    if (kind === "film") {
      response
        .writeHead(incoming.headers.range === undefined ? 200 : 206, {
          "Content-Type": "video/mp4",
          "X-Asked": String(incoming.headers["accept-encoding"]),
        })
        .end("film");
      return;
    }
    response
      .writeHead(200, {
        "Content-Type": "application/json",
        ...(coding === undefined ? {} : { "Content-Encoding": coding }),
      })
      .end(bytes);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => backend.once("listening", resolve));
  const operation = (id: string): string =>
    `{ get: { operationId: ${id}, parameters: [{ name: way, in: path, required: true, schema: { type: string } }], responses: { "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } } } } } } }`;
  writeFileSync(
    join(directory, "openapi.yaml"),
    `openapi: 3.1.0
info: { title: t, version: "1" }
security: []
paths:
  /enforced/{way}: ${operation("enforced")}
  /observed/{way}: ${operation("observed")}
  /film/{way}: { get: { operationId: film, parameters: [{ name: way, in: path, required: true, schema: { type: string } }], responses: { "200": { description: ok, content: { video/mp4: {} } }, 4XX: { description: no, content: { application/json: { schema: { type: object } } } } } } }
components:
  schemas:
    Thing: { type: object, properties: { id: { type: integer }, amount: { type: number }, tiny: { type: number }, list: { type: array, items: { type: object, properties: { amount: { type: number } } } } } }
`,
  );
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1\nmode: enforce\napis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:${(backend.address() as AddressInfo).port}" }]\noperations:\n  - { match: [enforced, observed], maxAnswerSize: 10kB }\n  - { match: observed, mode: { disclosure: observe } }\n`,
  );
  gate = await startGate(
    [
      "--config",
      join(directory, "portcullis.yaml"),
      "--port",
      "0",
      "--admin-port",
      "0",
      "--threads",
      "1",
    ],
    join(directory, "state"),
  );
});
after(() => {
  gate?.process.kill("SIGKILL");
  backend.closeAllConnections();
  backend.close();
});

interface Got {
  readonly status: number;
  readonly body: Buffer;
  readonly coding: string | undefined;
  readonly asked: string | undefined;
}

function get(path: string, headers: Record<string, string> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    request(
      { host: "localhost", port: gate?.port, path: encodeURI(path), ca: gate?.ca, headers },
      (response) => {
        const parts: Buffer[] = [];
        response
          .on("data", (part: Buffer) => parts.push(part))
          .on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              body: Buffer.concat(parts),
              coding: response.headers["content-encoding"],
              asked: response.headers["x-asked"] as string | undefined,
            }),
          );
      },
    )
      .on("error", reject)
      .end();
  });
}

test("an answer loses what is not declared in whatever coding it comes, and its numbers leave digit by digit as they were written", async () => {
  for (const way of ["plain", "gzip", "deflate", "br", "zstd", "gzip in capitals"]) {
    const got = await get(`/enforced/${way}`);
    assert.equal(got.status, 200, way);
    assert.equal(got.coding, undefined, way);
    assert.equal(got.body.toString(), shown, way);
  }
});

test("an answer that cannot be read, or unpacks too far, is not passed on unread where that is enforced", async () => {
  for (const way of ["bomb", "twice", "cut", "no JSON", "large"]) {
    const got = await get(`/enforced/${way}`);
    assert.equal(got.status, 502, way);
    assert.equal(
      (JSON.parse(got.body.toString()) as { code: string }).code,
      "response-unreadable",
      way,
    );
  }
});

test("where it is only observed, it leaves byte by byte as it came", async () => {
  for (const [way, [coding, bytes]] of Object.entries(packed)) {
    const got = await get(`/observed/${way}`);
    assert.equal(got.status, 200, way);
    if (["plain", "no JSON", "large", "bomb", "twice", "cut"].includes(way)) {
      assert.deepEqual(got.body, bytes, way);
      assert.equal(got.coding, coding, way);
    } else assert.equal(got.body.toString(), text, way);
  }
});

test("what no control reads may come packed and in parts", async () => {
  const got = await get("/film/x", { Range: "bytes=0-", "Accept-Encoding": "br" });
  assert.equal(got.status, 206);
  assert.equal(got.asked, "br");
});
