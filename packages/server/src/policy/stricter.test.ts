import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Plan } from "@portcullis/guard/policy";
import { loadPolicy } from "./load-policy.ts";
import { stricterBy } from "./stricter.ts";

interface Written {
  /** Lines of the policy. */
  readonly policy?: string;
  readonly paths?: readonly string[];
  readonly upstream?: string;
  readonly security?: string;
}

async function planOf({
  paths = ["one", "two"],
  policy = "mode: observe",
  security = "[]",
  upstream = "http://127.0.0.1:1",
}: Written): Promise<Plan> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-stricter-"));
  writeFileSync(
    join(directory, "openapi.yaml"),
    `openapi: 3.1.0
info: { title: t, version: "1" }
security: ${security}
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
${paths.map((path) => `  /${path}: { get: { operationId: ${path}, responses: { "200": { description: ok } } } }`).join("\n")}
`,
  );
  const file = join(directory, "portcullis.yaml");
  writeFileSync(
    file,
    `portcullis: 1\n${policy}\napis: [{ openapi: openapi.yaml, upstream: "${upstream}" }]\n`,
  );
  const { faults, plan } = await loadPolicy({ file, environment: {}, flags: [] });
  if (plan === undefined) throw new Error(JSON.stringify(faults));
  return plan;
}

const staged = "mode: { enforce: { percent: 10 }, otherwise: observe }";
const limited = (rate: string): string =>
  `mode: observe\noperations: [{ match: one, limits: [{ rate: ${rate}, per: address }] }]`;

const changes: readonly (readonly [
  what: string,
  before: Written,
  after: Written,
  says: RegExp | undefined,
])[] = [
  ["nothing", {}, {}, undefined],
  ["another backend", {}, { upstream: "http://127.0.0.1:2" }, undefined],
  ["a further operation", {}, { paths: ["one", "two", "three"] }, undefined],
  ["an operation that is gone", {}, { paths: ["one"] }, /two is no longer served/],
  ["a mode towards enforce", {}, { policy: "mode: enforce" }, /mode of .* is stricter/],
  ["a mode that is no longer off", { policy: "mode: off" }, {}, /is stricter/],
  ["a mode away from enforce", { policy: "mode: enforce" }, {}, undefined],
  ["a mode that is off", {}, { policy: "mode: off" }, undefined],
  [
    "one operation's mode towards enforce",
    {},
    { policy: "mode: observe\noperations: [{ match: two, mode: enforce }]" },
    /^two: the mode of/,
  ],
  ["a stage of enforcing", {}, { policy: staged }, /is stricter/],
  ["a stage that is enforced for all", { policy: staged }, { policy: "mode: enforce" }, /stricter/],
  ["a stage in place of enforcing", { policy: "mode: enforce" }, { policy: staged }, undefined],
  ["a first limit", {}, { policy: limited("5/min") }, /limit/],
  ["a limit of another rate", { policy: limited("5/min") }, { policy: limited("9/min") }, /limit/],
  [
    "smaller answers",
    {},
    { policy: "mode: observe\noperations: [{ match: one, maxAnswerSize: 1kB }]" },
    /maxAnswerSize/,
  ],
  ["the backend in a document that now asks for tokens", {}, { security: "[{ token: [] }]" }, /./],
];

for (const [what, before, after, says] of changes)
  test(`${what} ${says === undefined ? "makes nothing stricter" : "counts as stricter"}`, async () => {
    const words = stricterBy(await planOf(before), structuredClone(await planOf(after)));
    if (says === undefined) assert.equal(words, undefined);
    else assert.match(words ?? "", says);
  });
