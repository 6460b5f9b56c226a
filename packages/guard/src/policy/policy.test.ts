import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readOpenApi } from "../operations/read-openapi.ts";
import { compilePlan } from "./compile-plan.ts";
import type { OperationPlan, Plan } from "./plan.ts";
import { readPolicy } from "./read-policy.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-policy-"));
const document = join(directory, "openapi.yaml");
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

interface Outcome {
  readonly plan: Plan | undefined;
  readonly faults: readonly string[];
  readonly of: (name: string) => OperationPlan;
}

async function plan(text: string, environment: Record<string, string> = {}, flags: readonly (readonly [readonly string[], unknown])[] = []): Promise<Outcome> {
  const file = join(directory, `policy-${Math.random()}.yaml`);
  writeFileSync(file, `portcullis: 1\n${text.includes("apis:") ? "" : `apis: [{ openapi: ${document}, upstream: "http://127.0.0.1:4000" }]\n`}${text}`);
  const { faultAt, faults, policy } = await readPolicy({ file, environment, flags });
  const shown = (all: typeof faults): string[] => all.map((fault) => `${fault.line}:${fault.column} ${fault.message}${fault.mend === undefined ? "" : ` (${fault.mend})`}`);
  if (policy === undefined || faults.length > 0) return { plan: undefined, faults: shown(faults), of: () => assert.fail(shown(faults).join("\n")) };
  const read = readOpenApi(document);
  assert.ok(read.document !== undefined, JSON.stringify(read.faults));
  const joined = compilePlan(policy, policy.apis.map(() => read.document as NonNullable<typeof read.document>), faultAt);
  return {
    plan: joined.plan,
    faults: shown(joined.faults),
    of: (name) => {
      const found = joined.plan?.apis[0]?.operations.find((one) => one.name === name);
      return found ?? assert.fail(`${name}: ${shown(joined.faults).join("\n")}`);
    },
  };
}

const identity = "identity: { issuer: https://login.example.com, audience: x }\n";

test("without a word everything is observed, and what cannot be read twice is refused all the same", async () => {
  const { modes } = (await plan("")).of("getAccount");
  assert.equal(modes.limit, "observe");
  assert.equal(modes.protocol, "enforce");
});

test("a backend that breaks its own document is not enforced unless that is named", async () => {
  const all = await plan("mode: enforce\n");
  assert.equal(all.of("login").modes.response, "observe");
  assert.equal(all.of("login").modes.disclosure, "enforce");
  assert.equal((await plan("mode: { default: enforce, response: enforce }\n")).of("login").modes.response, "enforce");
  assert.equal((await plan('mode: enforce\noperations: [{ match: login, mode: { enforce: { app: ">=3.2", percent: 25 }, otherwise: observe } }]\n')).of("login").modes.response, "observe");
});

test("closer entries win over wider ones wherever they stand, and later ones over earlier", async () => {
  const { of } = await plan(`operations:
  - { match: getAccount, maxBodySize: 1kB, mode: enforce }
  - { match: { path: "/v1/accounts/**" }, maxBodySize: 2kB, mode: off }
  - { match: { tag: money }, maxBodySize: 3kB }
  - { match: "*", maxBodySize: 4kB }
  - { match: GET /v1/accounts/{id}, maxBodySize: 5kB }
`);
  assert.equal(of("getAccount").mostBodyBytes, 5000);
  assert.equal(of("getAccount").modes.route, "enforce");
  assert.equal(of("closeAccount").mostBodyBytes, 2000);
  assert.equal(of("login").mostBodyBytes, 4000);
});

test("a mode for one control leaves the others as they were", async () => {
  const { modes } = (await plan("mode: enforce\noperations: [{ match: login, mode: { limit: observe } }]\n")).of("login");
  assert.equal(modes.limit, "observe");
  assert.equal(modes.request, "enforce");
});

test("limits add up by what they count, and one is taken away only by name", async () => {
  const { of } = await plan(`limits: { tiers: { standard: 10/min } }
operations:
  - { match: "*", limits: [{ rate: 300/min, per: address }, { rate: tier, per: user }, { rate: 1/min, per: [address, body.username] }] }
  - { match: login, limits: [{ rate: 5/min, per: [address, body.username] }, { rate: none, per: user }] }
`);
  assert.deepEqual(of("getAccount").limits.map((limit) => limit.per.join("+")), ["address", "user"]);
  assert.deepEqual(of("login").limits.map((limit) => [limit.per.join("+"), limit.rate === "tier" ? "tier" : limit.rate.count]), [["address", 300], ["address+body.username", 5]]);
});

test("who may enter is said by the document until the policy says otherwise", async () => {
  const { of } = await plan(`roles: { support: ["a:read"] }\noperations: [{ match: closeAccount, allow: { roles: [support] } }, { match: getAccount, allow: anyone }]\n`);
  assert.deepEqual(of("closeAccount").entry, { anonymous: false, alternatives: [{ scopes: ["a:read"] }], roles: ["support"], clients: [] });
  assert.equal(of("getAccount").entry?.anonymous, true);
  assert.equal(of("login").entry?.anonymous, true);
});

test("every fault is named with its place and the nearest right spelling", async () => {
  const { faults } = await plan(`mod: enforce
listen: { prot: 8443 }
trustedProxies: [10.0.0.0/8]
operations:
  - { match: login, limts: [] }
  - { match: login, limits: [{ rate: 5/fortnight, per: adress }] }
`);
  assert.deepEqual(faults.map((fault) => fault.replace(/^\d+:\d+ /, "")), [
    "'mod' is not known here (Did you mean 'mode'?)",
    "'prot' is not known here (Did you mean 'port'?)",
    "'limts' is not known here (Did you mean 'limits'?)",
    `'rate' is "5/fortnight"`,
    `'per' is "adress"`,
  ]);
  assert.ok(faults.every((fault) => /^\d+:\d+ /.test(fault)));
  assert.match(faults[0] ?? "", /^3:1 /);
});

test("what policy and documents cannot be together is a fault, never a silent nothing", async () => {
  const faults = async (text: string): Promise<string> => (await plan(text)).faults.join("\n");
  assert.match(await faults("operations: [{ match: getAcount, maxBodySize: 1kB }]\n"), /selects no operation \(Did you mean 'getAccount'\?\)/);
  assert.match(await faults("operations: [{ match: { tag: monney }, maxBodySize: 1kB }]\n"), /selects no operation/);
  assert.match(await faults("operations: [{ match: getAccount, owner: { param: accountId, is: token.sub } }]\n"), /no issuer is named/);
  assert.match(await faults(`${identity}operations: [{ match: getAccount, owner: { param: accuntId, is: token.sub } }]\n`), /no parameter 'accuntId' in its path, query or header \(Did you mean 'accountId'\?\)/);
  assert.match(await faults(`${identity}operations: [{ match: login, owner: { response: /x, is: token.sub } }]\n`), /anybody may call/);
  assert.match(await faults(`${identity}operations: [{ match: getAccount, owner: { is: token.sub } }]\n`), /by the path, the body, a lookup or the answer/);
  assert.match(await faults(`${identity}operations: [{ match: closeAccount, owner: { response: /customerId, is: token.sub } }]\n`), /has already changed the object/);
  assert.match(await faults(`${identity}operations: [{ match: closeAccount, owner: { lookup: getAcount, response: /customerId, is: token.sub } }]\n`), /no operation 'getAcount' \(Did you mean 'getAccount'/);
  assert.match(await faults(`${identity}operations: [{ match: getAccount, owner: { any: [{ param: accountId }], exceptRoles: [x] } }]\n`), /does not say whose/);
  assert.match(await faults(`${identity}sealedIds: { account: { parameters: [acountId], properties: [Account/id] } }\n`), /no operation has a path or query parameter 'acountId' \(Did you mean 'accountId'/);
  const owner = (rule: string): Promise<string> => faults(`${identity}operations: [{ match: getAccount, owner: ${rule} }]\n`);
  assert.match(await owner("{ param: accountId, optional: true, is: token.sub }"), /a path always names its object/);
  assert.match(await owner("{ response: /customerId, optional: true, is: token.sub }"), /names no owner is never passed/);
  assert.match(await owner("{ any: [{ param: accountId }, { body: /x, optional: true }], is: token.sub }"), /would pass them all/);
  assert.match(await owner("{ response: /custmerId, is: token.sub }"), /declare no 'custmerId' .* \(Did you mean 'customerId'\?\)/);
  assert.doesNotMatch(await owner("{ response: /customerId, is: token.sub }"), /declare no/);
  assert.match(await faults("operations: [{ match: login, hide: { existence: 1ms } }]\n"), /at least 5ms/);
  assert.match(await faults("operations: [{ match: login, hide: existance }]\n"), /'hide' is "existance" \(Did you mean 'existence'\?\)/);
  assert.match(await faults('cors: { origins: ["https://app.example/"] }\n'), /'origins' holds "https:\/\/app.example\/"/);
  assert.match(await faults('cors: { origins: ["*"], credentials: true }\n'), /no cookies where any page may ask/);
  assert.match(await faults("operations: [{ match: login, limits: [{ rate: tier, per: user }] }]\n"), /needs tiers/);
  assert.match(await faults("operations: [{ match: getAccount, limits: [{ rate: 1/s, per: body.x }] }]\n"), /has no body to count by/);
  assert.match(await faults("roles: { support: [] }\noperations: [{ match: getAccount, allow: { roles: [suport] } }]\n"), /no role 'suport' \(Did you mean 'support'\?\)/);
  assert.match(await faults("trustedProxies: [10.0.0.0/33]\n"), /not an address or a CIDR range/);
  assert.match(await faults(`apis: [{ openapi: ${document}, upstream: "http://h:1", version: v1, sunset: 2027-01-01 }]\n`), /must first be deprecated/);
  assert.match(await faults(`apis: [{ openapi: ${document}, upstream: "http://h:1", version: v1, deprecated: 2026-12-01, sunset: 2027-01-01 }]\n`), /less than six months/);
  assert.match(await faults(`apis: [{ openapi: ${document}, upstream: "http://h:1", version: v1, successor: v9 }]\n`), /no API of version 'v9'/);
  assert.match(await faults(`apis: [{ openapi: ${document}, upstream: "http://user:pass@h:1/path" }]\n`), /'upstream' is/);
  assert.match(await faults("versioning: { header: X-Version, query: v }\n"), /named in one place/);
});

test("a control without an engine is refused by name, so that nobody believes it is on", async () => {
  assert.match((await plan("detect: {}\n")).faults.join("\n"), /'detect' is not available in this version/);
  assert.match((await plan("operations: [{ match: login, attestation: required }]\n")).faults.join("\n"), /'attestation' is not available/);
});

test("the environment overrides the file, flags override both, and a misspelt variable is a fault", async () => {
  const { plan: read } = await plan("state: memory\n", { PORTCULLIS_STATE: "redis://127.0.0.1:6379", PORTCULLIS_ENV: "production" });
  assert.equal(read?.state, "redis://127.0.0.1:6379");
  assert.equal((await plan("", { PORTCULLIS_STATE: "redis://127.0.0.1:6379" }, [[["state"], "memory"]])).plan?.state, "memory");
  assert.match((await plan("", { PORTCULLIS_LISTN_PORT: "1" })).faults.join("\n"), /PORTCULLIS_LISTN_PORT is no setting \(Did you mean PORTCULLIS_LISTEN_PORT\?\)/);
  assert.match((await plan("", { PORTCULLIS_LISTEN_PORT: "eight" })).faults.join("\n"), /'port' is "eight"/);
});

test("a module says the same as a file, and one that throws says why", async () => {
  const file = join(directory, "portcullis.config.mjs");
  writeFileSync(file, `export default { portcullis: 1, mode: "enforce", apis: [{ openapi: ${JSON.stringify(document)}, upstream: "http://127.0.0.1:4000" }] };`);
  const { faults, policy } = await readPolicy({ file, environment: {}, flags: [] });
  assert.deepEqual(faults, []);
  assert.equal(policy?.mode, "enforce");
  writeFileSync(file, "throw new Error('broken on purpose');");
  assert.match((await readPolicy({ file, environment: {}, flags: [] })).faults[0]?.message ?? "", /broken on purpose/);
});

test("paths with parameters may stand unquoted between braces, as the field writes them", async () => {
  const { of, plan: read } = await plan(`${identity}operations:
  - match: { method: GET, path: /v1/accounts/{accountId} }
    owner: { response: /customerId, is: token.sub }
  - match: [login, DELETE /v1/accounts/{accountId}]
    maxBodySize: 2kB
`);
  assert.ok(read !== undefined);
  assert.deepEqual(of("getAccount").owner?.clauses[0]?.atoms[0], { kind: "response", pointer: ["customerId"], is: "token.sub" });
  assert.equal(of("closeAccount").mostBodyBytes, 2000);
});

test("a policy that is no policy is refused in words", async () => {
  for (const text of ["apis: {}\n", "- a\n", "apis: [null]\n", "mode: [enforce]\napis: 7\n"]) assert.ok((await plan(text)).faults.length > 0, text);
});
