import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { createHash, randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";
import { type Send, sender } from "../../examples/harbour/send.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-observe-"));
let backend: Server;
let gate: StartedGate;
let send: Send;
let seen:
  | { url: string | undefined; headers: IncomingHttpHeaders; digest: string; bytes: number }
  | undefined;
const digestOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

before(async () => {
  backend = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming
      .on("data", (part: Buffer) => parts.push(part))
      .on("end", () => {
        const body = Buffer.concat(parts);
        seen = {
          url: incoming.url,
          headers: incoming.headers,
          digest: digestOf(body),
          bytes: body.length,
        };
        response
          .writeHead(200, { "Content-Type": "application/json" })
          .end('{"ok":true,"extra":12345678901234567890}');
      });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => backend.once("listening", resolve));
  const document = (version: string): string => `openapi: 3.1.0
info: { title: Observed, version: ${version} }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
security: [{ token: [] }]
paths:
  /things:
    get: { operationId: list${version}, responses: { "200": { description: ok, content: { application/json: { schema: { type: object, properties: { ok: { type: boolean } } } } } } } }
    post: { operationId: make${version}, requestBody: { required: true, content: { application/json: { schema: { type: object, properties: { name: { type: string } } } } } }, responses: { "200": { description: ok } } }
`;
  writeFileSync(join(directory, "v1.yaml"), document("v1"));
  writeFileSync(join(directory, "v2.yaml"), document("v2"));
  const upstream = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  writeFileSync(
    join(directory, "portcullis.config.ts"),
    `import { definePolicy } from "portcullis/define-policy";
export default definePolicy({
  portcullis: 1,
  mode: { default: "observe", version: "enforce" },
  apis: [{ openapi: "./v1.yaml", upstream: "${upstream}", version: "v1" }, { openapi: "./v2.yaml", upstream: "${upstream}", version: "v2" }],
  versioning: { header: "X-API-Version", default: "v1" },
  apps: [{ id: "observed-app", minVersion: "1.0" }],
});
`,
  );
  // As in a project that has the package installed.
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
  symlinkSync(
    join(import.meta.dirname, "..", "..", "node_modules"),
    join(directory, "node_modules"),
  );
  gate = await startGate(
    [
      "--config",
      join(directory, "portcullis.config.ts"),
      "--port",
      "0",
      "--admin-port",
      "0",
      "--threads",
      "1",
    ],
    join(directory, "state"),
  );
  send = sender(`https://localhost:${gate.port}`, {
    ca: gate.ca,
    headers: { "Portcullis-App": "observed-app/2.0" },
  });
});
after(() => {
  gate.process.kill("SIGKILL");
  backend.closeAllConnections();
  backend.close();
});

test("where everything is observed, what would be refused reaches the backend as it was sent", async () => {
  for (const [what, bytes, type, headers] of [
    ["not JSON", Buffer.from("{"), "application/json", {}],
    ["undeclared", Buffer.from('{"name":"a","admin":true}'), "application/json", {}],
    ["another type", Buffer.from("<a/>"), "application/xml", {}],
    [
      "encoded",
      gzipSync(Buffer.from('{"name":"a"}')),
      "application/json",
      { "Content-Encoding": "gzip" },
    ],
    [
      "far too large",
      Buffer.from(JSON.stringify({ name: randomBytes(3_000_000).toString("base64") })),
      "application/json",
      {},
    ],
  ] as const) {
    const got = await send("POST", "/things", { bytes, type, headers });
    assert.equal(got.status, 200, what);
    assert.equal(seen?.bytes, bytes.length, what);
    assert.equal(seen?.digest, digestOf(bytes), what);
  }
  assert.equal((await send("GET", "/things?undeclared=1")).status, 200);
  assert.equal((await send("GET", "/nowhere")).status, 200);
});

test("an answer that is only observed leaves as the backend wrote it, to the last digit", async () => {
  const response = await fetchText("/things");
  assert.equal(response, '{"ok":true,"extra":12345678901234567890}');
});

async function fetchText(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: "localhost", port: gate.port, path, ca: gate.ca }, (response) => {
      let text = "";
      response
        .setEncoding("utf8")
        .on("data", (part: string) => (text += part))
        .on("end", () => resolve(text));
    })
      .on("error", reject)
      .end();
  });
}

test("the record says what would have been refused, and by what", async () => {
  await send("POST", "/things", { json: { name: "a", admin: true } });
  const token = readFileSync(join(directory, "state", "admin-token"), "utf8").trim();
  for (let tries = 0; tries < 40; tries += 1) {
    const { items: found } = (await (
      await fetch(`http://127.0.0.1:${gate.adminPort}/records?most=1&code=request-invalid`, {
        headers: { Authorization: `Bearer ${token}` },
      })
    ).json()) as {
      items: { outcome: string; decisions: { code: string; mode: string; at?: string[] }[] }[];
    };
    const decision = found[0]?.decisions.find(
      (candidate) => candidate.at?.includes("body /admin undeclared") === true,
    );
    if (decision !== undefined) {
      assert.equal(found[0]?.outcome, "passed");
      assert.equal(decision.mode, "observe");
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("no record of it");
});

test("a version is chosen by its field, and one that is not known is refused where that is enforced", async () => {
  assert.equal((await send("GET", "/things", { headers: { "X-API-Version": "v1" } })).status, 200);
  const unknown = await send("GET", "/things", { headers: { "X-API-Version": "v9" } });
  assert.equal(unknown.status, 404);
  assert.equal((unknown.body as { code: string }).code, "version-unknown");
});
