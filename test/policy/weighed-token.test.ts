import assert from "node:assert/strict";
import { test } from "node:test";
import { type WeighedToken, weighToken } from "@portcullis/guard/tokens";
import { weighedLines } from "../../packages/server/src/cli/verbs/explain/weighed-lines.ts";
import { part } from "../callers/bank-of-sources.ts";
import { planned } from "./planned.ts";

const now = 1_800_000_000;
const { faults, plan } = await planned(`identity:
  sources:
    people: { issuer: "https://login.example.com", audience: api, preset: keycloak, client: app, require: { org: north } }
    legacy: { jwt: { algorithm: HS256, secret: { env: S } }, claims: { sub: /user_id } }
    opaque: { credential: { cookie: sid }, introspect: { url: "https://login.example.com/i" }, audience: api }
    machines: { credential: { header: X-API-Key }, keys: { file: k } }
`);
if (plan === undefined) throw new Error(JSON.stringify(faults));
const sources = plan?.controls.authentication?.sources ?? [];
const good = {
  iss: "https://login.example.com",
  aud: "api",
  azp: "app",
  typ: "Bearer",
  org: "north",
  sub: "ann",
  iat: now - 10,
  exp: now + 600,
};
const weighed = (claims: object, alg = "RS256"): readonly WeighedToken[] =>
  weighToken(sources, `${part({ alg, typ: "JWT" })}.${part(claims)}.AAAA`, now);
const wrongOf = (all: readonly WeighedToken[], source: string): readonly string[] =>
  all
    .find((one) => one.source === source)
    ?.claims.flatMap(({ claim, wrong }) => (wrong === undefined ? [] : [claim])) ?? ["(absent)"];

test("a token that one source takes fits it in every claim, and says why it does not fit another", () => {
  const all = weighed(good);
  assert.deepEqual(wrongOf(all, "people"), []);
  assert.deepEqual(wrongOf(all, "legacy"), ["alg", "sub"]);
  const own = weighed({ user_id: 7, iat: now, exp: now + 60 }, "HS256");
  assert.deepEqual(wrongOf(own, "legacy"), []);
  assert.ok(wrongOf(own, "people").includes("iss"));
});

test("each claim that is wrong is named, and no other", () => {
  for (const [claim, change] of [
    ["iss", { iss: "https://login.example.com/" }],
    ["aud", { aud: ["other"] }],
    ["client", { azp: "other-app" }],
    ["org", { org: "south" }],
    ["times", { exp: now }],
    ["times", { iat: now + 600 }],
    ["sub", { sub: { id: 1 } }],
  ] as const)
    assert.deepEqual(wrongOf(weighed({ ...good, ...change }), "people"), [claim]);
  assert.deepEqual(wrongOf(weighed(good, "none"), "people"), ["alg"]);
  assert.deepEqual(wrongOf(weighed({ ...good, nonce: "n" }), "people"), ["typ"]);
});

test("a token that lives long, or has no end, is said to", () => {
  const notes = (claims: object): string =>
    weighed(claims)
      .find(({ source }) => source === "people")
      ?.notes.join() ?? "";
  assert.equal(notes(good), "");
  assert.match(notes({ ...good, exp: now + 86_400 }), /lives 1440 minutes/);
  assert.match(notes({ ...good, exp: undefined }), /has no end/);
});

test("sources that are asked say whom, and the lines hold no signature", () => {
  const lines = weighedLines(
    weighToken(sources, `${part({ alg: "HS256" })}.${part(good)}.c2VjcmV0`, now),
  );
  for (const said of [
    "the introspection endpoint is asked",
    "looked up among its keys",
    "would not take it",
  ])
    assert.ok(lines.includes(said), lines);
  assert.ok(!lines.includes("c2VjcmV0"));
  assert.equal(weighedLines([]), "");
});
