import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Plan, saidOf } from "@portcullis/guard/policy";
import { loadPolicy } from "../../../policy/load-policy.ts";
import { findingLines } from "./finding-lines.ts";

const text = "{ type: string }";
const answer = (schema: string, headers = ""): string =>
  `responses: { "200": { description: ok, ${headers} content: { application/json: { schema: ${schema} } } } }`;
const ref = (name: string): string => `{ $ref: "#/components/schemas/${name}" }`;
const document = `openapi: 3.1.0
info: { title: Leaks, version: v1 }
security: [{ token: [] }]
paths:
  /accounts/{accountId}: { get: { operationId: getAccount, parameters: [{ name: accountId, in: path, required: true, schema: ${text} }], ${answer(ref("Account"))} } }
  /byName: { get: { operationId: byName, ${answer(`{ type: object, properties: { rows: { type: array, items: { allOf: [{}, { properties: { account_id: ${text}, amount: { type: integer } } }] } } } }`)} } }
  /bySchema: { get: { operationId: bySchema, ${answer(`{ properties: { counterpart: ${ref("AccountId")}, note: ${text} } }`)} } }
  /byFormat: { get: { operationId: byFormat, ${answer("{ additionalProperties: { properties: { from: { type: string, format: account-id }, other: { type: string, format: uuid } } } }")} } }
  /byPlace: { get: { operationId: byPlace, ${answer(`{ properties: { account: { properties: { id: ${text} } }, summary: ${ref("AccountSummary")}, card: { properties: { id: ${text} } } } }`)} } }
  /byField: { get: { operationId: byField, ${answer(ref("Account"), `headers: { X-Account-Id: { schema: ${text} }, Location: { schema: ${text} }, X-Rate: { schema: { type: integer } } },`)} } }
  /made: { post: { operationId: made, responses: { "201": { description: ok, headers: { Location: { schema: ${text} } } } } } }
  /list: { get: { operationId: list, ${answer(`{ properties: { items: { type: array, items: ${ref("Account")} }, total: { type: integer }, pages: { type: integer }, limit: { type: integer }, next: ${text}, sum: { type: number }, meta: { properties: { seen: { type: integer } } } } }`, "headers: { X-Total-Count: { schema: { type: integer } }, X-Seen: { schema: { type: integer } } },")} } }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas:
    AccountId: { type: string, format: account-id }
    Account: { type: object, properties: { id: ${ref("AccountId")}, owner: ${text} } }
    AccountSummary: { type: object, properties: { id: ${text} } }
`;

async function planOf(more: string): Promise<Plan> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-leaks-"));
  writeFileSync(join(directory, "openapi.yaml"), document);
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1\nmode: enforce\napis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]\nidentity: { issuer: https://login.example, audience: x }\n${more}`,
  );
  const { faults, plan } = await loadPolicy({
    file: join(directory, "portcullis.yaml"),
    environment: {},
    flags: [],
  });
  assert.ok(plan !== undefined, JSON.stringify(faults));
  return plan;
}

/** The places that stand behind the sentence of one kind of finding. */
function placesOf(plan: Plan, sentence: RegExp): readonly string[] {
  const line = findingLines(plan, 100).find((one) => sentence.test(one)) ?? "";
  return line === "" ? [] : line.slice(line.lastIndexOf(": ") + 2).split(", ");
}

const unsealed = [
  "byName 200 /rows/*/account_id (account)",
  "bySchema 200 /counterpart (account)",
  "byFormat 200 /*/from (account)",
  "byPlace 200 /account/id (account)",
  "byPlace 200 /summary/id (account)",
  "byField 200 X-Account-Id (account)",
];

test("every place where an id of a sealed kind leaves as it is is named, by schema, format, name and place", async () => {
  const sealed = await planOf(
    "sealedIds: { account: { parameters: [accountId], properties: [Account/id] } }\n",
  );
  assert.deepEqual(placesOf(sealed, /ids of a sealed kind leave/), unsealed);
  assert.deepEqual(placesOf(sealed, /link leaves as it is/), ["list 200 /next"]);
  const covered = await planOf(
    "sealedIds: { account: { parameters: [accountId], properties: [Account/id, AccountSummary/id] } }\n",
  );
  assert.deepEqual(
    placesOf(covered, /ids of a sealed kind leave/),
    unsealed.filter((place) => !place.includes("/summary/id")),
  );
});

test("every place where an id is shown and not remembered is named, and fields that lead to what was made", async () => {
  const plan = await planOf("provenance: { account: { properties: [Account/id] } }\n");
  assert.deepEqual(placesOf(plan, /shown and not remembered/), [...unsealed, "made 201 Location"]);
});

test("numbers and links that tell of what was cut from a list are named, unless the policy speaks of them", async () => {
  const rule = (foreign: string): string =>
    `operations: [{ match: list, owner: { response: /items/*/owner, is: token.sub, foreign: ${foreign} } }]\n`;
  assert.deepEqual(placesOf(await planOf(rule("filter")), /may tell of what was cut/), [
    "list X-Seen",
    "list /sum",
    "list /meta/seen",
  ]);
  const named = rule("{ filter: true, totals: [/sum, /meta/seen, X-Seen], keep: [/total] }");
  assert.deepEqual(placesOf(await planOf(named), /may tell of what was cut/), ["list /total"]);
});

test("what is remembered of whom, in how much memory and how certainly, is said", async () => {
  const kinds = "provenance: { account: { properties: [Account/id] } }\n";
  assert.match(
    saidOf(await planOf(kinds)).join("\n"),
    /of 100000 callers with 50 ids each \(at most 2000\) in 40\.\d MB; .* one in \d+ is forgotten/,
  );
  assert.match(
    saidOf(
      await planOf(`${kinds}provenanceMemory: { callers: 1000, idsEach: 10, mostEach: 10 }\n`),
    ).join("\n"),
    /of 1000 callers with 10 ids each \(at most 10\) in 0\.1 MB/,
  );
  assert.match(
    saidOf(await planOf(`${kinds}state: redis://127.0.0.1:1\n`)).join("\n"),
    /in Redis, 2000 ids of each caller/,
  );
  assert.deepEqual(saidOf(await planOf("")), []);
});
