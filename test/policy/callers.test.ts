import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findingsOf } from "@portcullis/guard/policy";
import type { Policy } from "../../packages/server/src/policy/program-policy.ts";
import { readSourceTexts } from "../../packages/server/src/keys/source-texts.ts";
import { directory, planned } from "./planned.ts";

const hs = "jwt: { algorithm: HS256, secret: { env: S } }";
const far = "issuer: https://a.example, audience: x";
const cookie = "credential: { cookie: sid }";
const certificate = "certificate: { authority: ca.pem, sub: san.uri }";
const of = (sources: string, rest = ""): string => `identity: { sources: { ${sources} }${rest} }\n`;
const owner = (is: string): string =>
  `operations: [{ match: getAccount, owner: { response: /customerId, is: ${is} } }]\n`;
const two = `people: { ${far} }, legacy: { ${hs} }`;

/** What keeps each policy from serving. */
const faulty: readonly (readonly [policy: string, fault: RegExp])[] = [
  ["identity: { audience: x }\n", /'issuer' is missing/],
  ["identity: { issuer: https://a.example }\n", /'audience' is missing/],
  [of(""), /no source is named/],
  [of("token: { issuer: https://a.example, audience: x }"), /cannot be a source's name/],
  [of("a: {}"), /does not say who its callers are/],
  [of("a: { issuer: https://a.example }"), /every token of the issuer would be taken/],
  [of(`a: { ${far}, preset: cognito }`), /the preset's issuer has another form/],
  [of(`a: { ${hs}, jwks: { url: https://a.example/k } }`), /does not stand beside public keys/],
  [of(`a: { ${hs}, algorithms: [RS256] }`), /does not stand beside public keys/],
  [of(`a: { ${far}, algorithms: [HS256] }`), /HS256/],
  [of(`a: { ${far} }, b: { ${far} }`), /'b' and 'a' cannot be told apart/],
  [of(`a: { ${hs} }, b: { ${hs} }`), /cannot be told apart/],
  [
    of(`a: { ${cookie}, keys: { file: k } }, b: { ${cookie}, keys: { file: k } }`),
    /cannot be told apart/,
  ],
  [of(`a: { ${hs}, keys: { file: k } }`), /more than one way/],
  [of(`a: { ${cookie}, keys: { file: k }, typ: any }`), /'typ' says nothing/],
  [of(`a: { ${cookie}, whoami: { operation: nobody, sub: /id } }`), /no operation|no document/],
  [of(`a: { ${cookie}, whoami: { operation: getAccount, sub: /id } }`), /without path parameters/],
  [of(`a: { ${cookie}, whoami: { operation: login, sub: username } }`), /this names nobody/],
  [of("a: { introspect: { url: https://a.example/i } }"), /every active token would be taken/],
  [of("a: { credential: { cookie: a, query: b }, keys: { file: k } }"), /sits in one place/],
  [of("a: { credential: { securityScheme: x }, keys: { file: k } }"), /no document has a security/],
  [of(`a: { ${cookie}, from: { operation: nobody, sub: /id } }`), /no document has an operation/],
  [of("a: { from: { operation: login, sub: /id } }"), /where the answer has the credential/],
  [of(`a: { ${cookie}, from: { operation: login, sub: /id }, audience: x }`), /says nothing/],
  [of(`a: { ${cookie}, from: { operation: login, sub: /id }, remember: 31d }`), /still believed/],
  [of("a: { credential: { body: /t, query: t }, keys: { file: k } }"), /sits in one place/],
  [of("a: { credential: { body: /t }, keys: { file: k }, forward: drop }"), /goes on with it/],
  [
    of("a: { credential: { body: /t }, whoami: { operation: listAccounts, sub: /id } }"),
    /has no body/,
  ],
  [of(`a: { ${certificate} }, b: { ${certificate} }`), /shows one certificate/],
  [of(`a: { ${certificate}, ${cookie} }`), /says nothing of a source with certificate/],
  [of(`a: { ${far}, forward: exchange }`), /one half of it is missing/],
  [of(`a: { ${far}, exchange: { url: "https://a.example/t", clientId: g } }`), /one half/],
  [
    of(
      `a: { ${cookie}, keys: { file: k }, forward: exchange, exchange: { url: "https://a.example/t", clientId: g } }`,
    ),
    /only tokens of an issuer/,
  ],
  [of(two, ", rolesClaim: r"), /'rolesClaim' does not say which source/],
  [of(two, ", tierClaim: r"), /'tierClaim' does not say which source/],
  [of(two, ", deviceClaim: r"), /'deviceClaim' does not say which source/],
  [of(two, ", audience: x"), /'audience' speaks of identity.issuer/],
  [of(two, ", accessToken: { binding: dpop }"), /tokens of sources are not bound/],
  [of(two) + owner("token.sub"), /does not say whose/],
  [of(two) + owner("persons.sub"), /names no source of callers/],
  [of(`people: { ${far} }`) + owner("others.sub"), /names no source of callers/],
];

for (const [policy, fault] of faulty)
  test(`it is refused at the start: ${policy.trim()}`, async () => {
    const { faults, plan } = await planned(policy);
    assert.match(faults.join("\n"), fault);
    assert.equal(plan, undefined);
  });

test("an owner rule may name its source, or none where there is one or all name people alike", async () => {
  for (const policy of [
    of(two) + owner("people.sub"),
    of(`people: { ${far} }`) + owner("token.sub"),
    of(two, ", subjects: shared") + owner("token.sub"),
    `identity: { issuer: https://b.example, audience: x, sources: { ${two} } }\n${owner("issuer.sub")}`,
  ])
    assert.deepEqual((await planned(policy)).faults, [], policy);
});

test("keys and passwords of the document that no source looks for are named", async () => {
  const openapi = join(directory, "keyed.yaml");
  writeFileSync(
    openapi,
    `openapi: 3.0.3
info: { title: t, version: v1 }
components:
  securitySchemes:
    known: { type: apiKey, in: header, name: x-api-key }
    other: { type: apiKey, in: query, name: key }
    basic: { type: http, scheme: basic }
    token: { type: http, scheme: bearer }
security: [{ known: [] }, { other: [] }, { basic: [] }, { token: [] }]
paths: { /things: { get: { operationId: listThings, responses: { "200": { description: ok } } } } }
`,
  );
  const { faults, plan } = await planned(
    `apis: [{ openapi: ${openapi}, upstream: "http://127.0.0.1:4000" }]
${of("machines: { credential: { header: X-API-Key }, keys: { file: k } }")}`,
  );
  assert.ok(plan !== undefined, faults.join("\n"));
  assert.deepEqual(
    findingsOf(plan)
      .filter(({ kind }) => kind.includes("no source"))
      .map(({ what }) => what),
    ["listThings (other, basic)"],
  );
});

test("secrets that everybody has, or could find, are refused, and are not shown", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
  const pem = rsa.export({ format: "pem", type: "spki" });
  const short = "s3cret-word";
  const read = (secret: string, shortBecause?: string): void => {
    const jwt = { algorithm: "HS256", secret: { env: "S" } } as const;
    const source = { jwt: shortBecause === undefined ? jwt : { ...jwt, shortBecause } };
    const identity = { sources: { legacy: source } } as unknown as Policy["identity"];
    readSourceTexts(identity === undefined ? {} : { identity }, directory, { S: secret });
  };
  for (const secret of [
    pem,
    JSON.stringify(rsa.export({ format: "jwk" })),
    rsa.export({ format: "der", type: "spki" }).toString("base64"),
    "x",
    "abc",
  ])
    for (const why of [undefined, "the clients cannot be changed"])
      assert.throws(() => read(secret, why), /everybody has|found at once/, secret.slice(0, 30));
  assert.throws(
    () => read(short),
    (fault: Error) => /needs 32/.test(fault.message) && !fault.message.includes(short),
  );
  read(short, "the clients cannot be changed");
  read("x".repeat(32));
});

test("a file of keys with a fault is refused with its place", () => {
  const file = join(directory, "api-keys.yaml");
  writeFileSync(file, "- id: a\n  hash: no\n  sub: p\n  issued: 2026-01-01T00:00:00Z\n");
  const identity = { sources: { m: { keys: { file } } } } as unknown as NonNullable<
    Policy["identity"]
  >;
  assert.throws(() => readSourceTexts({ identity }, directory, {}), /api-keys\.yaml:2 .*hash/);
});
