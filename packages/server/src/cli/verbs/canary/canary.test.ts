import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadPolicy } from "../../../policy/load-policy.ts";
import { run } from "../canary.ts";
import { fly } from "./fly.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-canary-test-"));
const file = join(directory, "portcullis.yaml");
writeFileSync(
  join(directory, "openapi.yaml"),
  `openapi: 3.1.0
info: { title: Orders, version: v1 }
security: [{ token: [] }]
paths:
  /orders/{orderId}:
    parameters: [{ name: orderId, in: path, required: true, schema: { type: string } }]
    get: { operationId: getOrder, responses: { "200": { description: ok } } }
  /orders:
    post:
      operationId: addOrder
      requestBody: { content: { application/json: { schema: { type: object, properties: { name: { type: string } } } } } }
      responses: { "200": { description: ok } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`,
);
const policy = (mode: string): string => `portcullis: 1
mode: ${mode}
record: { fields: [subject, device, address] }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
operations: [{ match: getOrder, owner: { response: /ownerId, is: token.sub } }]
`;

test("nothing that a caller or a backend writes stands in what is written of a request, enforced or observed", async () => {
  for (const mode of ["enforce", "observe"]) {
    writeFileSync(file, policy(mode));
    let out = "";
    const terminal = {
      out: (text: string) => (out += text),
      error: (text: string) => (out += text),
    };
    assert.equal(await run({ values: { config: file }, words: [] }, {}, terminal), 0, out);
    assert.match(out, /4\d marked requests: no mark stands in the lines of records, the metrics/);
  }
});

test("a mark that stands anywhere is found, and said by operation, place and sink", async () => {
  const { plan } = await loadPolicy({ file, environment: {}, flags: [] });
  assert.ok(plan !== undefined);
  const { hits } = await fly(plan, (sent) => ({ "a leaking sink": JSON.stringify(sent) }));
  assert.ok(
    hits.some(({ operation, place }) => operation === "getOrder" && place === "an id in the path"),
  );
  assert.ok(hits.every(({ sink }) => sink === "a leaking sink"));
});
