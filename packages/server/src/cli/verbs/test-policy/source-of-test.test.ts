import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Misuse } from "../../terminal.ts";
import { run } from "../test.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-sources-of-tests-"));
const written = (name: string, text: string): string => {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
};
const ok = 'responses: { "200": { description: ok } }';
written(
  "openapi.yaml",
  `openapi: 3.1.0
info: { title: Tested, version: v1 }
components: { securitySchemes: { any: { type: http, scheme: bearer } } }
security: [{ any: [] }]
paths:
  /notes/{noteId}: { parameters: [{ name: noteId, in: path, required: true, schema: { type: string } }], get: { operationId: getNote, ${ok} } }
  /me: { get: { operationId: getMe, ${ok} } }
  /login: { post: { operationId: login, security: [], ${ok} } }
`,
);
const sources: Readonly<Record<string, string>> = {
  people: "{ issuer: https://login.example, preset: keycloak, audience: x, client: shop }",
  legacy: "{ jwt: { algorithm: HS256, secret: { env: NOT_SET } }, claims: { sub: /user_id } }",
  filed: "{ issuer: https://b.example, audience: x, jwks: { file: keys.json } }",
  opaque:
    "{ credential: { header: X-Opaque }, introspect: { url: https://i.example }, audience: x }",
  session: "{ credential: { cookie: sid }, whoami: { operation: getMe, sub: /id } }",
  learned:
    "{ credential: { header: X-Auth }, from: { operation: login, credential: /token, sub: /id } }",
  machines: "{ credential: { header: X-API-Key }, keys: { file: keys.yaml } }",
  query: "{ credential: { query: key }, forward: drop, keys: { file: keys.yaml } }",
  certificates: "{ certificate: { authority: ca.pem, sub: subject.commonName } }",
};

/** Runs a test in which somebody of a source asks for a note that is their own, or another's. */
async function noteOf(from: string, chosen: readonly string[], tests: string): Promise<string> {
  const named = chosen.map((name) => `${name}: ${sources[name] ?? ""}`).join(", ");
  const config = written(
    `${chosen.join("-")}.yaml`,
    `portcullis: 1
mode: { default: enforce, response: off }
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { sources: { ${named} } }
operations: [{ match: getNote, allow: { roles: [member] }, owner: { response: /owner, is: ${from}.sub } }]
`,
  );
  const lines: string[] = [];
  const terminal = { out: (line: string) => void lines.push(line), error: assert.fail };
  await run({ values: { config }, words: [written("tests.yaml", tests)] }, {}, terminal);
  return lines.join("\n");
}

const asking = (from: string, as: string): string =>
  ["ann", "ben"]
    .map(
      (owner) => `  - name: a note of ${owner}'s
    ${from}
    as: ${as}
    request: GET /notes/1
    backend: { "*": { body: { owner: ${owner} } } }
    expect: { outcome: ${owner === "ann" ? "passed" : "refused, code: object-not-yours"} }
`,
    )
    .join("");

test("a test makes callers of every kind of source, without its keys, secrets and authorities", async () => {
  const plain = "{ sub: ann, roles: [member] }";
  const rows: readonly (readonly [source: string, as: string])[] = [
    ["people", "{ sub: ann, realm_access: { roles: [member] } }"],
    ["legacy", "{ user_id: ann, roles: [member] }"],
    ["filed", plain],
    ["opaque", plain],
    ["session", plain],
    ["learned", plain],
    ["machines", plain],
    ["query", plain],
    ["certificates", plain],
  ];
  const all = Object.keys(sources);
  for (const [source, as] of rows) {
    const alone = `tests:\n${asking("", as)}`.replaceAll(/^ +\n/gm, "");
    assert.equal(await noteOf(source, [source], alone), "2 tests, 0 failed.", source);
    const several = [source, ...all.filter((name) => name === "people" && name !== source)];
    const named = `tests:\n${asking(`from: ${source}`, as)}`;
    assert.equal(await noteOf(source, several, named), "2 tests, 0 failed.", `${source} of two`);
  }
});

test("what is sent in the test's own fields is believed of no source, and whoami asks the test's backend", async () => {
  const own = (headers: string): string => `tests:
  - name: by a field
    request: GET /notes/1
    headers: { ${headers} }
    backend: { GET /me: { body: { id: ann } }, "*": { body: { owner: ann } } }
    expect: { outcome: refused, code: role-insufficient }
`;
  assert.match(await noteOf("session", ["session"], own("Cookie: sid=1")), /^1 test, 0 failed/);
  assert.match(await noteOf("machines", ["machines"], own("X-API-Key: k")), /api-key-invalid/);
  assert.match(await noteOf("opaque", ["opaque"], own("X-Opaque: k")), /session-invalid/);
});

test("a test that leaves its source open, or names none that is there, is misuse", async () => {
  for (const [from, says] of [
    ["", /from: one of people, session/],
    ["from: nobody", /no source 'nobody'.*people, session/],
  ] as const)
    await assert.rejects(
      noteOf(
        "people",
        ["people", "session"],
        `tests:\n${asking(from, "{ sub: ann }")}`.replaceAll(/^ +\n/gm, ""),
      ),
      (fault) => fault instanceof Misuse && says.test(fault.message),
    );
});
