import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadPolicy } from "../../../policy/load-policy.ts";
import { chosenBy } from "./chosen.ts";
import { coverageTable } from "./coverage-table.ts";
import { findingLines } from "./finding-lines.ts";

const text = "{ type: string }";
const document = `openapi: 3.1.0
info: { title: Found, version: v1 }
security: [{ token: [] }]
paths:
  /users/{user}: { get: { operationId: getUser, parameters: [{ name: user, in: path, required: true, schema: ${text} }], responses: {} } }
  /reports/{kind}: { get: { operationId: getReport, parameters: [{ name: kind, in: path, required: true, schema: { type: string, enum: [day, week] } }], responses: {} } }
  /statements: { get: { operationId: statements, parameters: [{ name: accountId, in: query, schema: ${text} }, { name: requestId, in: query, schema: ${text} }, { name: paid, in: query, schema: ${text} }], responses: {} } }
  /transfers: { post: { operationId: transfer, requestBody: { content: { application/json: { schema: { type: object, properties: { account_id: ${text}, lines: { type: array, items: { type: object, properties: { cardUuid: ${text}, amount: { type: integer } } } } } } } } }, responses: {} } }
  /batch: { post: { operationId: batch, requestBody: { content: { application/json: { schema: { type: array, items: { type: object, properties: { verb: ${text}, relative_url: ${text} } } } } } }, responses: {} } }
  /api: { get: { operationId: graphqlByGet, parameters: [{ name: query, in: query, schema: ${text} }, { name: variables, in: query, schema: ${text} }], responses: {} } }
  /v2/graphql: { post: { operationId: graphqlByPath, requestBody: { content: { application/json: {} } }, responses: {} } }
  /graphql: { post: { operationId: graphql, requestBody: { content: { application/json: { schema: { type: object, properties: { query: ${text}, variables: { type: object } } } } } }, responses: {} } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`;

async function loaded(operations: string, root = "mode: enforce") {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-findings-"));
  writeFileSync(join(directory, "openapi.yaml"), document);
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1\n${root}\napis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]\nidentity: { issuer: https://login.example, audience: x }\noperations:\n  - { match: "*", limits: [{ rate: 1/s, per: user }] }\n${operations}`,
  );
  return loadPolicy({ file: join(directory, "portcullis.yaml"), environment: {}, flags: [] });
}

async function find(operations: string, root?: string): Promise<string> {
  const { faults, plan } = await loaded(operations, root);
  assert.ok(plan !== undefined, JSON.stringify(faults));
  return findingLines(plan).join("\n");
}

test("ids in path, query and body that no rule looks at are found, and what only looks like one is not", async () => {
  const found = await find("");
  assert.match(found, /1 names an object in its path, .*: getUser$/m);
  assert.match(
    found,
    /3 ids in query and body .*: statements query accountId, transfer body \/account_id, transfer body \/lines\/\*\/cardUuid$/m,
  );
});

test("what a rule looks at, or says does not matter, is not found again", async () => {
  const found = await find(`  - { match: getUser, owner: { param: user, is: token.sub } }
  - { match: statements, owner: { param: accountId, is: token.sub, optional: true } }
  - { match: transfer, owner: { all: [{ body: /account_id }, { body: "/lines/*/cardUuid" }], is: token.sub } }
`);
  assert.doesNotMatch(found, /names? an object/);
  assert.doesNotMatch(await find('  - { match: "*", owner: none }\n'), /names? an object/);
});

test("bodies that carry requests of their own are found until the policy speaks of them", async () => {
  assert.match(
    await find(""),
    /4 carry requests of their own, .*: batch, graphqlByGet, graphqlByPath, graphql$/m,
  );
  assert.doesNotMatch(
    await find(
      "  - { match: [batch, graphql, graphqlByGet, graphqlByPath], carriesRequests: true }\n",
    ),
    /carr(y|ies) requests/,
  );
});

test("a stage by app version that leaves callers outside who say nothing of their build is found, with the keys that stand open", async () => {
  const staged = (stage: string, more = ""): Promise<string> =>
    find(more, `mode: { default: enforce, ${stage} }\n${outside}`);
  let outside = "";
  const byApp = '{ enforce: { app: ">=3.2" }, otherwise: observe }';
  const open = /enforced for the app versions of a stage, and open to callers who name none/;
  assert.match(await staged(`ownership: ${byApp}`), /8 are enforced .*: getUser \(ownership\), /);
  assert.match(
    await staged(`authentication: ${byApp}, binding: ${byApp}, limit: ${byApp}`),
    /getUser \(authentication binding\)/,
  );
  assert.match(
    await staged("limit: enforce", `  - { match: graphql, mode: ${byApp} }\n`),
    /1 is enforced .*: graphql \(authentication binding ownership\)$/m,
  );
  for (const closed of [
    `limit: ${byApp}`,
    "ownership: { enforce: { percent: 10 }, otherwise: observe }",
    'ownership: { enforce: { app: ">=3.2" }, otherwise: enforce }',
  ])
    assert.doesNotMatch(await staged(closed), open, closed);
  outside = "requireApp: true\napps: [{ id: a, minVersion: 3.2.0 }]\n";
  assert.doesNotMatch(await staged(`ownership: ${byApp}`), open);
  outside = "requireApp: true\napps: [{ id: a, minVersion: 3.1.0 }]\n";
  assert.match(await staged(`ownership: ${byApp}`), open);
  outside = "requireApp: true\napps: [{ id: a, minVersion: 3.2.0 }]\n";
  assert.match(await staged(`app: observe, ownership: ${byApp}`), open);
});

test("a finding is said in the number of what was found, of every kind", async () => {
  const one = await find("  - { match: '*', mode: observe }\n", "mode: off");
  for (const line of one.split("\n")) {
    assert.doesNotMatch(line, /[[|\]]/, line);
    assert.doesNotMatch(
      line,
      /^1 (\w+ )?(are|have|need|name|carry|declare|stand|differ|ids|links)\b/,
      line,
    );
  }
});

test("only the controls and operations that were asked for are said", async () => {
  const { plan } = await loaded("");
  assert.ok(plan !== undefined);
  const lines = (only: string | undefined, operation: string | undefined): string =>
    findingLines(plan, undefined, chosenBy(plan, only, operation)).join("\n");
  assert.match(lines("owner", "get*"), /^1 names an object in its path.*: getUser$/);
  assert.match(lines(undefined, "GRAPH*"), /3 carry requests of their own/);
  assert.equal(lines("limits", undefined), "");
  assert.throws(() => lines("onwer", undefined), /expected .*owner/);
  assert.throws(() => lines(undefined, "none*"), /chooses no operation/);
});

test("the table of a terminal fits it: its widest cells are cut, and end in an ellipsis", async () => {
  const { plan } = await loaded("");
  assert.ok(plan !== undefined);
  const chosen = chosenBy(plan, undefined, undefined);
  for (const width of [80, 120, 200])
    for (const line of coverageTable(plan, chosen, width).lines.split("\n"))
      assert.ok(line.length <= width, `${width}: ${line}`);
  const whole = coverageTable(plan, chosen, Number.POSITIVE_INFINITY).lines;
  assert.doesNotMatch(whole, /…/);
  const narrow = coverageTable(plan, chosenBy(plan, "owner", "getUser"), 200).lines.split("\n");
  assert.deepEqual(narrow[0]?.trim().split(/ {2,}/), [
    "OPERATION",
    "METHOD",
    "PATH",
    "OWNER",
    "MODE",
  ]);
  assert.equal(narrow.length, 2);
});
