import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import { calculateJwkThumbprint } from "jose";
import { plannedJourney } from "./planned-journey.ts";
import { backend } from "./objects.ts";

const document = `openapi: 3.1.0
info: { title: Bound, version: v1 }
security: [{ token: [] }]
paths: { /notes: { get: { operationId: notes, responses: { "200": { description: ok } } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
`;

const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
const thumbprint = await calculateJwkThumbprint(own.publicKey.export({ format: "jwk" }));

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
/** A proof that says nothing of this request, made with a key. */
function proofBy({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }) {
  const jwk = publicKey.export({ format: "jwk" });
  const signed = `${part({ typ: "dpop+jwt", alg: "ES256", jwk })}.${part({ jti: "j", htm: "GET", htu: "https://api.example/other", iat: 1 })}`;
  const made = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
  return `${signed}.${sign("sha256", Buffer.from(signed), made).toString("base64url")}`;
}

/** Ways to send a bound token without showing its key. */
const presentations: readonly (readonly [string, string, readonly string[]])[] = [
  ["as Bearer", "Bearer", []],
  ["as bearer in small letters", "bearer", []],
  ["as Bearer beside a proof by its key", "Bearer", ["DPoP", proofBy(own)]],
  ["as DPoP without a proof", "DPoP", []],
  ["with what is no proof", "DPoP", ["DPoP", "a.b.c"]],
  [
    "with a thief's own proof",
    "DPoP",
    ["DPoP", proofBy(generateKeyPairSync("ec", { namedCurve: "P-256" }))],
  ],
];

const staged = (app: string, otherwise: string): string =>
  `{ enforce: { ${app} }, otherwise: ${otherwise} }`;
const modes: readonly string[] = [
  "enforce",
  "observe",
  staged("app: '>=3.2'", "observe"),
  staged("app: '>=3.2'", "off"),
  staged("percent: 0", "observe"),
  staged("app: '>=3.2', percent: 10", "observe"),
];

/** What each presentation is answered with, under a mode of `binding`. */
async function answers(mode: string, issuer: string, more: string, iss: string): Promise<string[]> {
  let scheme = "";
  const ask = await plannedJourney({
    document,
    backend,
    policy: `portcullis: 1
mode: { default: enforce, binding: ${mode} }
publicUrl: https://api.example
limits: { admission: off }
apis: [{ openapi: openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: "${issuer}", audience: x, ${more} }
`,
    claimsOf: () => ({ iss, cnf: { jkt: thumbprint } }),
    authorizationOf: (token) => `${scheme} ${token}`,
  });
  const got: string[] = [];
  for (const [name, word, headers] of presentations) {
    scheme = word;
    const { code, status } = await ask("ann", "GET", "/notes", undefined, headers);
    got.push(`${name} ${status}${status === 200 ? "" : ` ${code}`}`);
  }
  return got;
}

test("a bound token of the built-in issuer opens nothing without its key, at any stage of binding", async () => {
  for (const mode of modes)
    for (const answer of await answers(mode, "builtin", "", "https://api.example"))
      assert.match(answer, / 401 (?:proof-missing|proof-invalid|bound-token-as-bearer)$/, mode);
});

test("where the policy says that nobody looks, binding: off or none, a bound token passes", async () => {
  const all = presentations.filter(([, scheme]) => scheme !== "DPoP");
  for (const [mode, more] of [
    ["off", ""],
    ["enforce", "accessToken: { binding: none }"],
  ] as const) {
    const got = await answers(mode, "builtin", more, "https://api.example");
    assert.equal(
      got.filter((answer) => answer.endsWith(" 200")).length >= all.length,
      true,
      got.join(),
    );
  }
});

test("of another issuer it is not known what it gives to whom: the mode decides", async () => {
  const other = "https://login.example";
  const more = "accessToken: { binding: optional }";
  assert.ok((await answers("observe", other, more, other)).every((one) => one.endsWith(" 200")));
  assert.ok((await answers("enforce", other, more, other)).every((one) => / 401 /.test(one)));
});
