import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OperationPlan, Plan } from "@portcullis/guard/policy";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";

export const directory = mkdtempSync(join(tmpdir(), "portcullis-policy-"));

/** A bank's document with three operations: `getAccount`, `closeAccount` and `login`. */
export const document = join(directory, "openapi.yaml");
writeFileSync(
  document,
  `openapi: 3.0.3
info: { title: t, version: v1 }
servers: [{ url: /v1 }]
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
security: [{ token: ["a:read"] }]
paths:
  /accounts/{accountId}:
    get: { operationId: getAccount, tags: [money], parameters: [{ name: accountId, in: path, required: true, schema: { type: string } }], responses: { "200": { description: ok, content: { application/json: { schema: { type: object, properties: { customerId: { type: string }, id: { type: string } } } } } } } }
    delete: { operationId: closeAccount, tags: [money], parameters: [{ name: accountId, in: path, required: true, schema: { type: string } }], responses: { "204": { description: ok } } }
  /login: { post: { operationId: login, security: [], requestBody: { content: { application/json: { schema: { type: object } } } }, responses: { "200": { description: ok } } } }
`,
);

/** An issuer, for rules that need signed-in callers. */
export const identity = "identity: { issuer: https://login.example.com, audience: x }\n";

export interface Planned {
  readonly plan: Plan | undefined;
  /** What keeps the policy from serving, and what is warned of: `line:column message (mend)`. */
  readonly faults: readonly string[];
  /** The plan of one operation; fails the test where there is none. */
  readonly of: (name: string) => OperationPlan;
}

/** What the program makes of a policy: its text, without the first line and, usually, the API. */
export async function planned(
  text: string,
  environment: Record<string, string> = {},
  flags: readonly (readonly [readonly string[], unknown])[] = [],
): Promise<Planned> {
  const file = join(directory, `policy-${Math.random()}.yaml`);
  const api = `apis: [{ openapi: ${document}, upstream: "http://127.0.0.1:4000" }]\n`;
  writeFileSync(file, `portcullis: 1\n${text.includes("apis:") ? "" : api}${text}`);
  const { faults, plan } = await loadPolicy({ file, environment, flags });
  const shown = faults.map(
    ({ column, line, mend, message }) =>
      `${line}:${column} ${message}${mend === undefined ? "" : ` (${mend})`}`,
  );
  return {
    plan,
    faults: shown,
    of: (name) =>
      plan?.apis[0]?.operations.find((one) => one.name === name) ??
      assert.fail(`${name}: ${shown.join("\n")}`),
  };
}
