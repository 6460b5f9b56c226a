import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { main } from "../../examples/harbour/gate.ts";
import { loadVerbs } from "../../packages/server/src/cli/verb-table.ts";
import { loadPolicy } from "../../packages/server/src/policy/load-policy.ts";
import { document } from "./planned.ts";

interface Read {
  readonly files: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What `portcullis.yaml` and `portcullis.staging.yaml` of a new folder make together. */
async function read({ environment = {}, files }: Read) {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-profile-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const of = (name: string): string | undefined =>
    name in files ? join(directory, name) : undefined;
  const loaded = await loadPolicy({
    file: of("portcullis.yaml"),
    profile: of("portcullis.staging.yaml"),
    environment,
    flags: [],
  });
  const faults = loaded.faults.map(
    ({ column, file, line, message }) =>
      `${file.replace(`${directory}/`, "")}:${line}:${column} ${message}`,
  );
  return { ...loaded, faults, files: [...loaded.files.keys()] };
}

const base = `portcullis: 1
mode: { default: enforce, limit: observe }
listen: { port: 8443, threads: 2 }
apis:
  - openapi: ${document}
    upstream: { targets: "http://one:1", connections: 7 }
    version: v1
identity: { issuer: https://login.example.com, audience: x }
operations:
  - { match: getAccount, maxAnswerSize: 1kB, entityTags: true }
`;
const files = (profile: string) => ({
  "portcullis.yaml": base,
  "portcullis.staging.yaml": profile,
});

test("a profile is laid key by key; rules of the policy stay, and later ones win", async () => {
  const {
    faults,
    files: watched,
    plan,
    policy,
  } = await read({
    files: files(`listen: { port: 9000 }
apis: { 0: { upstream: { targets: ["http://two:2", "http://three:3"] } } }
operations: [{ match: getAccount, maxAnswerSize: 2kB }]
`),
  });
  assert.deepEqual(faults, []);
  assert.deepEqual(policy?.listen, { port: 9000, threads: 2 });
  const [api] = plan?.apis ?? [];
  assert.deepEqual(api?.upstream.targets, ["http://two:2", "http://three:3"]);
  assert.equal(api?.upstream.connections, 7);
  const account = api?.operations.find(({ name }) => name === "getAccount");
  assert.equal(account?.mostAnswerBytes, 2000);
  assert.equal(account?.entityTags, true);
  assert.ok(watched.some((file) => file.endsWith("portcullis.staging.yaml")));
});

test("an empty profile, and one of nothing but a comment, changes nothing", async () => {
  const plain = await read({ files: { "portcullis.yaml": base } });
  for (const profile of ["", "# later\n", "{}\n"])
    assert.deepEqual((await read({ files: files(profile) })).policy, plain.policy);
});

const placed: readonly (readonly [profile: string, fault: RegExp])[] = [
  ["listen: { prot: 1 }\n", /^portcullis\.staging\.yaml:1:11 'prot' is not known here$/],
  ["mode:\n  limit: enforced\n", /^portcullis\.staging\.yaml:2:3 'limit' is "enforced"$/],
  ["operations:\n  - { match: getAcount }\n", /^portcullis\.staging\.yaml:2:\d+ .*selects no op/],
  ["operations:\n  - {}\n", /^portcullis\.staging\.yaml:2:5 'match' is missing$/],
  ["apis:\n  0:\n    version: 7\n", /^portcullis\.staging\.yaml:3:5 'version' is 7/],
  ["apis:\n  1: { version: v2 }\n", /^portcullis\.staging\.yaml:2:3 'apis' has no element 1/],
  ["apis: []\n", /^portcullis\.staging\.yaml:1:1 'apis' is a list/],
  ["listen: &a { port: 1 }\nlisten: 1\n", /^portcullis\.staging\.yaml:2:1 /],
  ["- 1\n", /^portcullis\.staging\.yaml:1:\d+ 'the file' is a list/],
];

for (const [profile, fault] of placed)
  test(`a fault of a profile is told at its own line: ${JSON.stringify(profile)}`, async () => {
    const { faults, plan } = await read({ files: files(profile) });
    assert.equal(plan, undefined);
    assert.match(faults[0] ?? "", fault);
  });

test("a fault of the policy keeps its line where a profile says something beside it", async () => {
  const { faults } = await read({
    files: {
      "portcullis.yaml": base.replace("threads: 2", "threads: two").replace("getAccount", "absent"),
      "portcullis.staging.yaml": "listen: { port: 1 }\noperations: [{ match: getAccount }]\n",
    },
  });
  assert.match(faults[0] ?? "", /^portcullis\.yaml:3:23 'threads' is "two"$/);
});

const settings: readonly (readonly [string, string, unknown, RegExp?])[] = [
  ["PORTCULLIS_APIS_0_UPSTREAM", "http://two:2", ["http://two:2"]],
  ["PORTCULLIS_APIS_0_UPSTREAM_TARGETS", "http://two:2", ["http://two:2"]],
  ["PORTCULLIS_APIS_1_UPSTREAM", "http://two:2", undefined, /'apis' has no element 1/],
  ["PORTCULLIS_APIS_0_UPSTREM", "http://two:2", undefined, /is no setting/],
  ["PORTCULLIS_APIS__UPSTREAM", "http://two:2", undefined, /is no setting/],
  ["PORTCULLIS_APIS_0_UPSTREAM", "ftp://two", undefined, /'upstream' is what is not shown/],
];

for (const [name, value, targets, fault] of settings)
  test(`${name}=${value} ${fault === undefined ? "reaches into a list" : "is a fault that names it"}`, async () => {
    const environment = { [name]: value };
    const { faults, plan } = await read({ files: { "portcullis.yaml": base }, environment });
    if (fault === undefined) {
      assert.deepEqual(faults, []);
      assert.deepEqual(plan?.apis[0]?.upstream.targets, targets);
      return;
    }
    assert.equal(plan, undefined);
    assert.match(faults[0] ?? "", fault);
    assert.match(faults[0] ?? "", /^\(environment/);
  });

test("every verb that reads a policy takes a profile", async () => {
  const reading = (await loadVerbs()).filter(({ verb }) => "config" in verb.flags);
  assert.ok(reading.length >= 8);
  assert.deepEqual(
    reading.filter(({ verb }) => !("profile" in verb.flags)).map(({ name }) => name),
    [],
  );
});

function check(directory: string, flags: readonly string[], more: NodeJS.ProcessEnv = {}): string {
  const { stderr, stdout } = spawnSync(
    process.execPath,
    ["--conditions=@portcullis/source", "--disable-warning=ExperimentalWarning"].concat(
      [main, "check"],
      flags,
    ),
    { cwd: directory, encoding: "utf8", env: { ...process.env, ...more } },
  );
  return stdout + stderr;
}

const moduleOf = (mode: string): string => `import { definePolicy } from "portcullis/define-policy";
import { port } from "./port.ts";
const listen: { port: number } = { port };
export default definePolicy({
  portcullis: 1,
  mode: "${mode}",
  listen,
  apis: [{ openapi: ${JSON.stringify(document)}, upstream: "http://127.0.0.1:1" }],
});
`;

const packages: readonly (readonly [string, string | undefined])[] = [
  ["without a package.json", undefined],
  ["of a package of CommonJS", '{ "type": "commonjs" }'],
  ["of a package of modules", '{ "type": "module" }'],
  ["of a package that says neither", "{}"],
];

for (const [what, manifest] of packages)
  test(`portcullis.config.ts is read in a folder ${what}, and its profile with it`, () => {
    const directory = mkdtempSync(join(tmpdir(), "portcullis-anywhere-"));
    mkdirSync(join(directory, "deep"));
    if (manifest !== undefined) writeFileSync(join(directory, "package.json"), manifest);
    const folder = join(directory, "deep");
    writeFileSync(join(folder, "port.ts"), "export const port: number = 8443;\n");
    writeFileSync(join(folder, "portcullis.config.ts"), moduleOf("observe"));
    assert.match(check(folder, []), /getAccount/);
    writeFileSync(join(folder, "portcullis.config.staging.ts"), "export default { mode: 1 };\n");
    assert.match(check(folder, ["--profile", "staging"]), /config\.staging\.ts:1:1.*'mode' is 1/);
  });

test("a profile that is not there, has no such name or is named by the environment is told", () => {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-anywhere-"));
  writeFileSync(join(folder, "port.ts"), "export const port: number = 8443;\n");
  writeFileSync(join(folder, "portcullis.config.ts"), moduleOf("observe"));
  assert.match(check(folder, ["--profile", "staging"]), /config\.staging\.ts does not exist/);
  assert.match(check(folder, ["--profile", "../x"]), /the profile "\.\.\/x" is not understood/);
  writeFileSync(join(folder, "portcullis.config.staging.ts"), "export default { mode: 1 };\n");
  assert.match(check(folder, [], { PORTCULLIS_PROFILE: "staging" }), /'mode' is 1/);
});
