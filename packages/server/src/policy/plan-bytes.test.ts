import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { atOnce } from "@portcullis/guard/policy";
import { loadPolicy } from "./load-policy.ts";
import { readPlan, writePlan } from "./plan-bytes.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-plan-"));
const many = Array.from({ length: 40 }, (_, index) => index);
writeFileSync(
  join(directory, "openapi.json"),
  JSON.stringify({
    openapi: "3.1.0",
    info: { title: "Many", version: "1" },
    components: {
      schemas: Object.fromEntries(
        many.map((at) => [
          `Thing${at}`,
          { type: "object", properties: { next: { $ref: `#/components/schemas/Thing${at % 7}` } } },
        ]),
      ),
    },
    paths: Object.fromEntries(
      many.map((at) => [
        `/things${at}`,
        {
          get: {
            operationId: `get${at}`,
            responses: {
              200: {
                description: "ok",
                content: {
                  "application/json": { schema: { $ref: `#/components/schemas/Thing${at}` } },
                },
              },
            },
          },
        },
      ]),
    ),
  }),
);
const file = join(directory, "portcullis.yaml");
writeFileSync(
  file,
  `portcullis: 1
mode: enforce
publicUrl: https://api.example
identity: { issuer: builtin, audience: a }
apis:
  - { openapi: openapi.json, upstream: "http://127.0.0.1:1" }
operations:
  - { match: get3, mode: { enforce: { app: ">=2.0.0" }, otherwise: observe } }
  - { match: get4, limits: [{ rate: 5/min, per: address }] }
`,
);

test("a plan that is written in pieces is read as it was", async () => {
  const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
  assert.ok(plan !== undefined, JSON.stringify(faults));
  const written = writePlan(plan);
  assert.ok(written.lengths.length > 5);
  assert.deepEqual(atOnce(readPlan(written)), structuredClone(plan));
});
