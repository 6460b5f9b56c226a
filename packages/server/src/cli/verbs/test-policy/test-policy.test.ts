import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Misuse } from "../../terminal.ts";
import { run } from "../test.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-policy-tests-"));
const written = (name: string, text: string): string => {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
};
const text = "{ type: string }";
written(
  "openapi.yaml",
  `openapi: 3.1.0
info: { title: Tested, version: v1 }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
security: [{ token: [] }]
paths:
  /notes/{noteId}:
    parameters: [{ name: noteId, in: path, required: true, schema: ${text} }]
    get: { operationId: getNote, responses: { "200": { description: ok, content: { application/json: { schema: { type: object, properties: { owner: ${text}, text: ${text} } } } } } } }
    put: { operationId: setNote, requestBody: { content: { application/json: { schema: { type: object, properties: { text: ${text} } } } } }, responses: { "200": { description: ok } } }
`,
);
const config = written(
  "portcullis.yaml",
  `portcullis: 1
mode: enforce
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
operations:
  - { match: "*", limits: [{ rate: 1/min, per: user }] }
  - { match: getNote, owner: { response: /owner, is: token.sub } }
  - { match: setNote, owner: { lookup: getNote, response: /owner, is: token.sub } }
`,
);

interface Ran {
  readonly code: number;
  readonly out: string;
}

async function ran(tests: string, flags: Record<string, string | boolean> = {}): Promise<Ran> {
  const lines: string[] = [];
  const terminal = { out: (line: string) => void lines.push(line), error: assert.fail };
  const file = written("tests.yaml", `tests:\n${tests}`);
  const code = await run({ values: { config, ...flags }, words: [file] }, {}, terminal);
  return { code, out: lines.join("\n") };
}

const own = `  - name: one's own
    as: { sub: ann }
    request: GET /notes/1
    backend: { "*": { body: { owner: ann, text: hello, secret: s } } }
`;

test("a test passes when all is as it expects: outcome, code, status, what is seen and what is hidden", async () => {
  const { code, out } = await ran(
    `${own}    expect: { outcome: passed, status: 200, sees: [/text], hides: [/secret], body: { owner: ann, text: hello } }
${own.replace("sub: ann", "sub: ben")}    expect: { outcome: refused, code: object-not-yours, status: 404, hides: [/text] }
`,
  );
  assert.equal(out, "2 tests, 0 failed.");
  assert.equal(code, 0);
});

test("no test is answered by what the backend of the one before it has said of an owner", async () => {
  const set = (owner: string, expect: string): string => `  - name: ${owner}'s
    as: { sub: ann }
    request: PUT /notes/1
    body: { text: hello }
    backend: { GET /notes/1: { body: { owner: ${owner} } } }
    expect: { outcome: ${expect} }
`;
  const { out } = await ran(set("ben", "refused") + set("ann", "passed") + set("ben", "refused"));
  assert.equal(out, "3 tests, 0 failed.");
});

test("each thing that is otherwise than a test expects makes it fail, and is said", async () => {
  for (const [expect, says] of [
    ["{ outcome: refused }", /expected refused, and it was passed/],
    ["{ outcome: passed, status: 201 }", /expected the status 201, and it was 200/],
    ["{ outcome: passed, sees: [/secret] }", /expected \/secret in the answer/],
    ["{ outcome: passed, hides: [/text] }", /expected no \/text in the answer/],
    ["{ outcome: passed, body: { owner: ann } }", /expected another body than/],
    ["{ outcome: passed, sent: { method: PUT } }", /to be sent PUT, and it was GET/],
    ["{ outcome: passed, sent: { path: /notes/2 } }", /asked for \/notes\/2/],
    ["{ outcome: passed, sent: { headers: { X-A: b } } }", /to be sent X-A: b/],
    ["{ outcome: passed, sent: { body: 1 } }", /another body for the backend than none/],
  ] as const) {
    const { code, out } = await ran(`${own}    expect: ${expect}\n`);
    assert.match(out, says);
    assert.equal(code, 1, expect);
  }
  const nobody = own.replace("    as: { sub: ann }\n", "");
  const { out } = await ran(`${nobody}    expect: { outcome: passed, sent: { method: GET } }\n`);
  assert.match(out, /expected passed, and it was refused \(credential-missing/);
  assert.match(out, /expected the backend to be asked, and it was not/);
  const wrong = await ran(`${nobody}    expect: { outcome: refused, code: limit-exceeded }\n`);
  assert.match(wrong.out, /expected the code limit-exceeded, and it was credential-missing/);
});

test("the backend answers each request as the test says, and what it is sent is what the gate has written", async () => {
  const { out } = await ran(`  - name: changed after its owner was asked for
    as: { sub: ann }
    request: PUT /notes/1
    body: { text: new }
    backend: { GET /notes/1: { body: { owner: ann } }, PUT /notes/1: { status: 200 } }
    expect: { outcome: passed, sent: { method: PUT, path: /notes/1, body: { text: new }, headers: { content-type: application/json } } }
`);
  assert.equal(out, "1 tests, 0 failed.".replace("1 tests", "1 test"));
});

test("a test acts in another's name as the policy lets its caller, and says what becomes of it", async () => {
  const acts = written(
    "acting.yaml",
    readFileSync(config, "utf8").replace(
      "operations:",
      "impersonation: { who: { roles: [support] }, header: Acting-For, reason: Acting-Reason, granted: true }\noperations:",
    ),
  );
  const note = `    request: GET /notes/1
    backend: { "*": { body: { owner: ann } } }
`;
  const tests = `  - name: staff
    as: { sub: sam, roles: [support] }
    acting: { for: ann, reason: INC-1 }
${note}    expect: { outcome: refused, code: impersonation-subject-refused }
  - name: a customer
    as: { sub: ben }
    acting: { for: ann }
${note}    expect: { outcome: refused, code: impersonation-refused }
`;
  assert.equal((await ran(tests, { config: acts })).out, "2 tests, 0 failed.");
  const known = written(
    "known.yaml",
    readFileSync(acts, "utf8").replace(
      "granted: true",
      "subject: { operation: getNote, sub: /owner }",
    ),
  );
  const [staff = ""] = tests.split("  - name: a customer");
  const passes = staff.replace("refused, code: impersonation-subject-refused", "passed");
  assert.equal((await ran(passes, { config: known })).out, "1 test, 0 failed.");
  await assert.rejects(
    ran(tests),
    (fault) => fault instanceof Misuse && /leave .acting. out/.test(fault.message),
  );
});

test("no test depends on those before it: each begins with empty counts", async () => {
  const { out } = await ran(`${own}    expect: { outcome: passed }\n`.repeat(50));
  assert.equal(out, "50 tests, 0 failed.");
});

test("coverage names the operations and rules that no test would notice", async () => {
  const { out } = await ran(`${own}    expect: { outcome: passed }\n`, { coverage: true });
  assert.match(out, /No test touches: setNote$/m);
  assert.match(out, /No test is refused at: getNote$/m);
  assert.match(out, /No test reaches the rules: operations\[2\] .*setNote.*$/m);
});

test("the outcome is written as JUnit and as JSON, and nothing in it can end an element", async () => {
  const junit = join(directory, "junit.xml");
  const { out } = await ran(
    `${own.replace("one's own", `'<a> & "b"'`)}    expect: { outcome: refused }\n`,
    { junit, json: true },
  );
  const xml = readFileSync(junit, "utf8");
  assert.match(xml, /<testsuite name="portcullis" tests="1" failures="1">/);
  assert.match(xml, /name="&lt;a&gt; &amp; &quot;b&quot;"/);
  assert.match(xml, /<failure message="expected refused, and it was passed">/);
  const [one] = (JSON.parse(out) as { tests: Record<string, unknown>[] }).tests;
  assert.equal(one?.["operation"], "getNote");
  assert.deepEqual(one?.["wrong"], ["expected refused, and it was passed"]);
});

test("a test that is not understood is named by its line, and none is run", async () => {
  await assert.rejects(
    ran("  - name: x\n    request: GET /notes/1\n    expects: { outcome: passed }\n"),
    (fault) =>
      fault instanceof Misuse && /tests\.yaml:4:5 .*'expects'.*'expect'/s.test(fault.message),
  );
});
