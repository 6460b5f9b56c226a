import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { weighToken } from "@portcullis/guard/tokens";
import { chooseSource } from "../../packages/server/src/cli/verbs/init/chosen-source.ts";
import { proposeSource } from "../../packages/server/src/policy/propose-source.ts";
import { part } from "../callers/bank-of-sources.ts";
import { idTokens } from "../tokens/other-tokens.ts";
import { accessTokens } from "../tokens/vendor-tokens.ts";
import { issuers, vendors } from "../tokens/vendors.ts";
import { document, planned } from "./planned.ts";

const directory = mkdtempSync(join(tmpdir(), "portcullis-init-"));
const main = join(import.meta.dirname, "../../packages/server/src/cli/main.ts");
const now = 1_800_000_000;
const life = { iat: now - 10, exp: now + 600 };
const signature = "c2VjcmV0LXNpZ25hdHVyZQ";
const tokenOf = (claims: object, header: object = {}): string =>
  `${part({ alg: "RS256", typ: "JWT", ...header })}.${part({ ...life, ...claims })}.${signature}`;

/** What init makes of a sample token, as its verb does. */
async function chosen(token: string, values: Record<string, string> = {}) {
  const file = join(directory, "token");
  writeFileSync(file, `${token}\n`);
  const said = await chooseSource({ values: { token: file, ...values }, words: [] });
  assert.ok(said !== undefined);
  const { faults, plan } = await planned(proposeSource(said.source).join("\n"), {
    JWT_SECRET: "0123456789abcdef0123456789abcdef",
  });
  const sources = plan?.controls.authentication?.sources ?? [];
  const [weighed] = weighToken(sources, token, now);
  const wrong = weighed?.claims.filter((one) => one.wrong !== undefined);
  return { ...said, faults, wrong };
}

for (const vendor of vendors) {
  const { claims, typ } = accessTokens[vendor];
  const token = tokenOf({ iss: issuers[vendor], ...claims }, typ === undefined ? {} : { typ });
  test(`a token as ${vendor} makes it names the preset, and the source that is written takes it`, async () => {
    const { faults, source, wrong } = await chosen(token);
    assert.equal(source.preset, vendor);
    assert.equal(source.issuer, issuers[vendor]);
    assert.deepEqual(faults, []);
    assert.deepEqual(wrong, []);
  });
}

test("a token of an unknown issuer is read by its claims, each named where it is not in the usual place", async () => {
  const { faults, source, told, wrong } = await chosen(
    tokenOf({
      iss: "https://login.example.com",
      aud: ["account", "api"],
      azp: "app",
      user_id: 7,
      role: "staff",
      plan: "gold",
      device_id: "d",
      session: "s",
    }),
  );
  assert.equal(source.preset, undefined);
  assert.equal(source.audience, "api");
  assert.deepEqual(source.claims, {
    sub: "/user_id",
    roles: "/role",
    tier: "/plan",
    device: "/device_id",
    session: "/session",
  });
  assert.deepEqual([faults, wrong], [[], []]);
  assert.match(told.join("\n"), /scopes +\(the token has none\)/);
});

test("a token with a shared secret becomes a source that names its algorithm, and no public keys beside it", async () => {
  const iss = issuers.supabase;
  const { faults, source, wrong } = await chosen(
    tokenOf({ iss, ...accessTokens.supabase.claims }, { alg: "HS256" }),
  );
  assert.equal(source.sharedSecret, "HS256");
  assert.equal(source.preset, undefined);
  assert.equal(source.claims["session"], "/session_id");
  assert.deepEqual([faults, wrong], [[], []]);
});

test("what a token names cannot add anything to the policy but itself", async () => {
  const iss = "https://login.example.com";
  for (const aud of ['api", jwks: { file: x } #', "api # x", "- api", "yes", "{ env: HOME }"]) {
    const { faults, source, wrong } = await chosen(tokenOf({ iss, aud, sub: "a" }));
    assert.equal(source.audience, aud);
    assert.deepEqual([faults, wrong], [[], []], aud);
  }
  const lines = 'api"\n    other: { keys: { file: x } }\n#';
  await assert.rejects(chosen(tokenOf({ iss, aud: lines, sub: "a" })), /Give --audience/);
  await assert.rejects(
    chosen(tokenOf({ iss: `${iss}\n`, aud: "api", sub: "a" })),
    /does not name its issuer/,
  );
});

test("whatever is no access token is refused with what to do, and is not repeated", async () => {
  const claims = { iss: "https://login.example.com", aud: "api", sub: "ann" };
  const opaque = "opaque-0123456789";
  for (const [token, words] of [
    [opaque, /no JWT[\s\S]*introspect[\s\S]*whoami[\s\S]*from:/],
    [`a.b.c.d.${opaque}`, /encrypted \(JWE\)/],
    [tokenOf({ ...claims, nonce: "n" }), /no access token/],
    [tokenOf(claims, { alg: "none" }), /no algorithm that is accepted/],
    [tokenOf({ ...claims, iss: undefined }), /does not name its issuer/],
    [tokenOf({ ...claims, iss: "http://login.example.com" }), /issuer is not understood/],
    [tokenOf({ ...claims, sub: undefined }), /names nobody/],
    [tokenOf({ ...claims, aud: undefined }), /Give --audience/],
    [tokenOf({ ...claims, ...idTokens.keycloak }), /no access token/],
  ] as const)
    await assert.rejects(chosen(token), (fault: Error) => {
      assert.match(fault.message, words);
      assert.ok(!fault.message.includes(opaque) && !fault.message.includes(signature));
      return true;
    });
  await assert.rejects(
    chooseSource({ values: { token: opaque }, words: [] }),
    (fault: Error) => /names no file/.test(fault.message) && !fault.message.includes(opaque),
  );
});

const asked: string[] = [];
const issuer = createServer((request, response) => {
  asked.push(request.url ?? "");
  const { port } = issuer.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  response.end(
    request.url === "/keys"
      ? JSON.stringify({ keys: [{ kty: "EC", kid: "k" }] })
      : JSON.stringify({ issuer: base, jwks_uri: `${base}/keys` }),
  );
}).listen(0, "127.0.0.1");
await once(issuer, "listening");
after(() => issuer.close());
const address = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;

test("an issuer that only the token names is not asked, and one that a person names is", async () => {
  const token = tokenOf({ iss: address, aud: "api", sub: "ann" });
  assert.doesNotMatch((await chosen(token)).told.join("\n"), /answered/);
  assert.deepEqual(asked, []);
  assert.match((await chosen(token, { issuer: address })).told.join("\n"), /answered with 1 key/);
  assert.deepEqual(asked, ["/.well-known/openid-configuration", "/keys"]);
  await assert.rejects(chosen(token, { issuer: `${address}/` }), /agree to the letter/);
  await assert.rejects(chosen(token, { preset: "okta" }), /does not have the shape of okta/);
});

async function init(out: string, argv: readonly string[], input = "") {
  const node = ["--conditions=@portcullis/source", "--disable-warning=ExperimentalWarning", main];
  const given = ["--openapi", document, "--upstream", "http://127.0.0.1:4000", "--out", out];
  const child = spawn(process.execPath, [...node, "init", ...given, ...argv], { cwd: directory });
  child.stdin.on("error", () => undefined).end(input);
  const [said, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null) await once(child, "exit");
  return { code: child.exitCode, out: said, error };
}

test("init --preset asks the issuer, and writes a source that is read", async () => {
  const out = join(directory, "asked.yaml");
  const said = await init(out, ["--preset", "keycloak", "--issuer", address, "--audience", "api"]);
  assert.equal(said.code, 0, said.error);
  assert.match(said.out, /answered with 1 key/);
  const policy = readFileSync(out, "utf8");
  assert.match(policy, /preset: keycloak/);
  const { faults } = await planned(policy.replace("portcullis: 1\n", ""));
  assert.deepEqual(faults, []);
});

test("an issuer that cannot be reached is said to be so, and its source is written with a remark", async () => {
  const values = { preset: "okta", issuer: "http://127.0.0.1:9", audience: "api" };
  const said = await chooseSource({ values, words: [] });
  assert.match(said?.told.join("\n") ?? "", /could not be read/);
  const lines = proposeSource(said?.source ?? assert.fail()).join("\n");
  assert.match(lines, /# The issuer's keys could not be read/);
  assert.deepEqual((await planned(lines)).faults, []);
});

test("a preset, an issuer or an audience that is missing or mistyped is answered with what to write", async () => {
  const url = "https://login.example.com";
  for (const [values, words] of [
    [{ preset: "keyclock", issuer: url }, /did you mean 'keycloak'/],
    [{ preset: "keycloak" }, /needs --issuer/],
    [{ preset: "keycloak", issuer: url }, /without --audience/],
    [{ preset: "keycloak", issuer: "http://login.example.com", audience: "a" }, /not understood/],
    [{ preset: "clerk", issuer: url }, /have no audience/],
    [{ preset: "google", issuer: url, audience: "a" }, /another form/],
    [{ issuer: url }, /beside --preset/],
  ] as const)
    await assert.rejects(chooseSource({ values, words: [] }), words);
});

test("init --token - writes the source of a token from standard input, and the token nowhere", async () => {
  const out = join(directory, "sampled.yaml");
  const token = tokenOf({ iss: issuers.keycloak, ...accessTokens.keycloak.claims });
  const said = await init(out, ["--token", "-"], `Bearer ${token}\n`);
  assert.equal(said.code, 0, said.error);
  assert.match(said.out, /shape of keycloak[\s\S]*roles +\/realm_access\/roles/);
  const policy = readFileSync(out, "utf8");
  assert.match(policy, /preset: keycloak/);
  for (const piece of [...token.split("."), accessTokens.keycloak.expected.subject])
    assert.ok(!`${said.out}${said.error}${policy}`.includes(piece));
  const refused = join(directory, "refused.yaml");
  assert.equal((await init(refused, ["--token", "-"], "opaque")).code, 2);
  assert.ok(!existsSync(refused));
});
