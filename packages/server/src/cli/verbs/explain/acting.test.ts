import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "../explain.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-explain-acting-"));
const ok = 'responses: { "200": { description: ok } }';
writeFileSync(
  join(directory, "openapi.yaml"),
  `openapi: 3.1.0
info: { title: t, version: v1 }
security: [{ token: [] }]
paths:
  /customers/{id}: { parameters: [{ name: id, in: path, required: true, schema: { type: string } }], get: { operationId: getCustomer, ${ok} } }
  /letters: { post: { operationId: writeLetter, ${ok} } }
  /password: { put: { operationId: setPassword, ${ok} } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`,
);

interface Explained {
  readonly steps: readonly {
    readonly step: string;
    readonly outcome: string;
    readonly asks?: string;
  }[];
  readonly refusal?: { readonly code: string };
}

async function explained(
  how: string,
  request: string,
  roles: readonly string[],
): Promise<Explained> {
  const config = join(directory, "portcullis.yaml");
  writeFileSync(
    config,
    `portcullis: 1
mode: enforce
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
impersonation: { who: { roles: [support] }, header: Acting-For, reason: Acting-Reason, ${how} }
`,
  );
  let out = "";
  await run(
    {
      values: {
        config,
        json: true,
        claims: JSON.stringify({ sub: "sam", roles }),
        header: ["Acting-For: ann", "Acting-Reason: INC-1"],
      },
      words: [request],
    },
    {},
    { out: (text) => (out += text), error: () => undefined },
  );
  return JSON.parse(out) as Explained;
}

const acting = ({ steps }: Explained): string => {
  const found = steps.find(({ step }) => step === "act for somebody");
  return found?.asks ?? found?.outcome ?? "";
};

test("explain says who would be asked whether somebody may act, and refuses what nobody need be asked of", async () => {
  const bySubject = "subject: { operation: getCustomer, sub: /id }";
  assert.equal(
    acting(await explained(bySubject, "POST /letters", ["support"])),
    "GET /customers/ann of the backend",
  );
  assert.match(
    acting(await explained("granted: true", "POST /letters", ["support"])),
    /whether a grant of the kind impersonation leads from ann to sam/,
  );
  assert.equal(acting(await explained(bySubject, "PUT /password", ["support"])), "refuses");
  assert.equal(acting(await explained(bySubject, "POST /letters", ["customer"])), "refuses");
});
